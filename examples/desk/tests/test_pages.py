"""What the help desk does in ordinary use."""

import io
import json
import tarfile
import tempfile
from pathlib import Path
from unittest import skipUnless

from assets.models import Device
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase, override_settings
from library.models import Article
from tickets import files
from tickets.models import Ticket


class Desk(TestCase):
    @classmethod
    def setUpTestData(cls):
        User = get_user_model()
        cls.ana = User.objects.create_user("ana", password="Quiet-River-42")
        cls.chief = User.objects.create_superuser("chief")
        cls.ticket = Ticket.objects.create(title="Printer is out", opened_by=cls.ana)
        cls.device = Device.objects.create(serial="A-100", host="localhost")
        Article.objects.create(slug="printers", title="Printers & paper", body="Turn it off.")

    def setUp(self):
        super().setUp()
        self.var = tempfile.TemporaryDirectory()
        self.addCleanup(self.var.cleanup)
        var = Path(self.var.name)
        places = override_settings(
            ATTACHMENTS=var / "attachments",
            BUNDLES=var / "bundles",
            EXPORTS=var / "exports",
            SECURE_SSL_REDIRECT=False,
        )
        places.enable()
        self.addCleanup(places.disable)


class Anybody(Desk):
    def test_the_library_is_searched(self):
        page = self.client.get("/", {"q": "print"})
        self.assertContains(page, "1 articles about <em>print</em>")
        self.assertContains(page, "Printers &amp; paper")

    def test_the_search_box_suggests(self):
        self.assertContains(self.client.get("/suggest/", {"q": "Pri"}), "<li>Printers &amp; paper</li>")

    def test_an_article_is_shown(self):
        self.assertContains(self.client.get("/article/printers/"), "Turn it off.")

    def test_rooms_and_serials_are_looked_up(self):
        self.assertEqual(self.client.get("/assets/room/1.04/").json(), {"devices": ["A-100"]})
        self.assertEqual(self.client.get("/assets/serial/B-200/").json(), {"rooms": ["2.11"]})

    def test_the_language_is_changed(self):
        answer = self.client.get("/people/language/", {"to": "de", "back": "/assets/"})
        self.assertEqual((answer.status_code, answer["Location"]), (302, "/assets/"))

    def test_tickets_are_not_for_anybody(self):
        self.assertRedirects(self.client.get("/tickets/"), "/people/login/?next=/tickets/")

    def test_a_login_needs_the_token(self):
        strict = self.client_class(enforce_csrf_checks=True)
        told = {"username": "ana", "password": "Quiet-River-42"}
        self.assertEqual(strict.post("/people/login/", told).status_code, 403)
        self.assertRedirects(self.client.post("/people/login/", told), "/tickets/")


class Colleagues(Desk):
    def setUp(self):
        super().setUp()
        self.client.force_login(self.ana)

    def test_tickets_are_listed_and_opened(self):
        self.assertContains(self.client.get("/tickets/", {"order": "t.title"}), "Printer is out")
        self.assertEqual(len(self.client.get("/tickets/table/", {"column": "state"}).json()["tickets"]), 1)
        self.assertEqual(len(self.client.get("/tickets/search/", {"words": "out"}).json()["tickets"]), 1)
        self.client.post("/tickets/new/", {"title": "No sound"})
        self.assertEqual(Ticket.objects.get(title="No sound").opened_by, self.ana)

    def test_a_reply_is_kept_and_shown(self):
        at = f"/tickets/{self.ticket.pk}/"
        self.assertContains(self.client.post(at + "reply/", {"body": "on\nit"}), "<li>on<br>it</li>")
        self.assertContains(self.client.post(at + "note/", {"body": "dull"}), "Note: dull")
        self.client.post(at, {"body": "done"})
        self.assertContains(self.client.get(at), "done")

    def test_an_attachment_is_fetched(self):
        folder = files.folder_of(self.ticket.pk)
        folder.mkdir(parents=True)
        (folder / "log.txt").write_text("jam")
        (folder / "log.txt.png").write_bytes(b"picture")
        at = f"/tickets/{self.ticket.pk}/"
        self.assertEqual(self.client.get(at + "attachment/", {"name": "log.txt"}).getvalue(), b"jam")
        self.assertEqual(self.client.get(at + "preview/log.txt").getvalue(), b"picture")
        self.assertEqual(self.client.get(at + "attachment/", {"name": "none"}).status_code, 404)

    def test_letters_are_written(self):
        at = f"/tickets/{self.ticket.pk}/letter/"
        self.assertContains(self.client.post(at, {"text": "About {{ title }}"}), "About Printer is out")
        self.assertContains(self.client.post(at, {"kind": "closing", "text": "Bye"}), "Dear ana,")

    def test_a_notice_is_pinned(self):
        self.client.post("/board/pin/", {"notice": "Back at two", "author": "A & B"})
        self.assertContains(self.client.get("/board/"), "Back at two")
        self.assertContains(self.client.get("/board/author/"), "A &amp; B")

    def test_the_inventory_is_taken_in(self):
        sent = b"<inventory><device room='3.01'/></inventory>"
        for at in ("/assets/inventory/", "/assets/returns/"):
            answer = self.client.post(at, sent, content_type="application/xml")
            self.assertEqual(answer.json(), {"rooms": ["3.01"]})

    def test_devices_are_listed_and_addresses_checked(self):
        self.assertContains(self.client.get("/assets/"), "A-100")
        self.assertEqual(self.client.get("/assets/lookup/", {"address": "nowhere"}).status_code, 400)

    def test_the_profile_is_kept(self):
        self.client.post("/people/profile/", {"team": "North", "phone": "1", "signature": ""})
        self.assertEqual(self.ana.profile.team, "North")

    def test_reports_are_for_staff(self):
        self.assertEqual(self.client.get("/reports/").status_code, 302)


class Staff(Desk):
    def setUp(self):
        super().setUp()
        self.client.force_login(self.chief)

    def test_figures(self):
        self.assertEqual(self.client.get("/reports/counts/").json(), {"counts": [{"what": "open", "number": 1}]})
        self.assertEqual(len(self.client.get("/reports/grouped/", {"by": "person"}).json()["counts"]), 1)
        self.assertContains(self.client.post("/reports/figure/", {"formula": "tickets * 2"}), "2")
        self.assertContains(self.client.post("/reports/arithmetic/", {"formula": "replies + 1.5"}), "1.5")
        self.assertEqual(self.client.post("/reports/arithmetic/", {"formula": "len"}).status_code, 400)

    def test_exports(self):
        for sent, name in (
            ({"name": "may"}, "may.csv"),
            ({"kind": "monthly", "year": "2026", "month": "5"}, "2026-05.csv"),
            ({"kind": "named", "name": "a b"}, "a_b.csv"),
        ):
            self.assertEqual(self.client.post("/reports/export/", sent).json(), {"file": name})

    @skipUnless(hasattr(tarfile, "data_filter"), "this Python has no filters of archives yet")
    def test_bundles(self):
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as bundle:
            bundle.addfile(tarfile.TarInfo("a.txt"))
        for at, field in (("/import/bundle/", "bundle"), ("/import/pictures/", "pictures")):
            sent = SimpleUploadedFile("b.tar", packed.getvalue())
            answer = self.client.post(at, {field: sent, "site": "graz"})
            self.assertEqual(json.loads(answer.content), {"files": 1})

    def test_indexes(self):
        for at, field, data, told in (
            ("/import/index/", "index", b"articles: [a, b]", {"articles": 2}),
            ("/import/outline/", "outline", b"chapters: [a]", {"chapters": 1}),
        ):
            sent = SimpleUploadedFile("index.yaml", data)
            self.assertEqual(self.client.post(at, {field: sent}).json(), told)
