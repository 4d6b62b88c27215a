# -*- coding: utf-8 -*-
import io
import tarfile

from backoffice import rates
from batch import settlement


def test_a_page_wants_a_session(anonymous):
    assert anonymous.get("/accounts").status_code == 401


def test_accounts_are_found_by_owner(client):
    page = client.get("/accounts?owner=Holm").get_data(as_text=True)
    assert "XX01" in page and "XX02" not in page
    assert "Ada &lt;Holm&gt;" in page


def test_an_account_is_shown_by_iban(client):
    assert "Bo Lind" in client.get("/accounts/xx02").get_data(as_text=True)
    assert client.get("/accounts/xx03").status_code == 404


def test_accounts_of_branches(client):
    page = client.get("/accounts/branches?branch=north&branch=west").get_data(as_text=True)
    assert "XX01" in page and "XX02" not in page


def test_a_statement_is_sorted(client):
    page = client.get("/statements/1?sort=amount").get_data(as_text=True)
    assert page.index("salary") < page.index("rent")


def test_bookings_are_exported(client):
    text = client.get("/statements/1/export?order=booked_on").get_data(as_text=True)
    assert text == "2019-01-01;30;salary\n2019-01-02;70;rent"


def test_a_statement_is_written_to_the_customers_folder(client, home):
    (home / "statements" / "c1").mkdir()
    assert client.post("/statements/pdf", data={"customer": "c1", "period": "2019/01"}).status_code == 204
    assert (home / "statements" / "c1" / "statement_2019-01.pdf").exists()


def test_a_month_is_a_month(client, home):
    (home / "statements" / "2019-01.csv").write_text("a;b")
    assert client.get("/statements/month?month=2019-01").data == b"a;b"
    assert client.get("/statements/month?month=2019-13").status_code == 400


def test_documents_are_read_and_kept(client, home):
    (home / "documents" / "c1").mkdir()
    (home / "documents" / "c1" / "letter.txt").write_text("hello")
    assert client.get("/documents/c1?name=letter.txt").data == b"hello"
    assert client.get("/documents/shared/c1/letter.txt").data == b"hello"
    sent = client.post("/documents/upload", data={"document": (io.BytesIO(b"x"), "a b.pdf")})
    assert sent.status_code == 201 and sent.data == b"a_b.pdf"
    (home / "documents" / "tmp" / "00000007").mkdir(parents=True)
    assert client.delete("/documents/drafts/7").status_code == 204
    assert not (home / "documents" / "tmp" / "00000007").exists()


def test_a_bundle_is_unpacked(client, home):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as bundle:
        bundle.addfile(tarfile.TarInfo("empty.txt"))
    stream.seek(0)
    assert client.post("/documents/bundle", data={"bundle": (stream, "b.tar")}).data == b"1"
    assert (home / "documents" / "empty.txt").exists()


def test_payment_files_are_read(client):
    text = """<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.03"><CdtTrfTxInf><Amt>
    <InstdAmt Ccy="EUR">12.50</InstdAmt></Amt><CdtrAcct><Id><IBAN>XX09</IBAN></Id></CdtrAcct>
    <RmtInf><Ustrd>rent</Ustrd></RmtInf></CdtTrfTxInf></Document>"""
    orders = client.post("/payments/initiation", data=text).get_json()
    assert orders == [{"amount": "12.50", "iban": "XX09", "purpose": "rent"}]
    assert client.post("/payments/notification", data="<a><Ntry/></a>").get_json() == {"entries": 1}


def test_yaml_files_are_read(client):
    templates = {"templates": (io.BytesIO(b"templates: [a, b]"), "t.yml")}
    assert client.post("/payments/templates", data=templates).get_json() == {"count": 2}
    calendar = {"calendar": (io.BytesIO(b"holidays: [2019-01-01]"), "c.yml")}
    assert client.post("/payments/calendar", data=calendar).get_json() == {"holidays": 1}


def test_fees_are_computed(client):
    data = {"formula": "balance * 0.5 + 1", "balance": "10"}
    assert client.post("/admin/fees/preview", data=data).get_json() == {"fee": 6.0}
    assert client.post("/admin/fees/flat", data={"fee": "2 * (3 + 1)"}).get_json() == {"fee": 8}
    assert client.post("/admin/fees/table", data={"table": "[(0, 1), (9, 2)]"}).get_json() == {"rows": 2}


def test_letters_are_rendered(client):
    data = {"subject": "Your account", "name": "Ada", "text": "Hello", "title": "Note"}
    assert client.post("/admin/letter", data=data).data == b"Re: Your account\n\nDear Ada,"
    assert b"Dear Ada" in client.post("/admin/greeting", data=data).data
    assert b"Hello" in client.post("/admin/notice/draft", data=data).data
    assert b"<b>Note</b> Hello" in client.post("/admin/notice", data=data).data


def test_reports(client):
    assert client.get("/admin/report/largest?count=1").get_json() == [["XX02", 300]]
    assert client.get("/admin/report/totals").get_json() == [["north", 100], ["south", 300]]
    assert client.get("/admin/report/other").status_code == 404
    assert "<td>north</td><td>100</td>" in client.get("/admin/totals").get_data(as_text=True)


def test_small_pages(client, home):
    (home / "log" / "app.log").write_text("one\ntwo\n")
    assert client.get("/admin/log").data == b"one\ntwo\n"
    assert client.get("/admin/ping?who=me").data == b"<p>alive, me</p>"
    assert b"&lt;new&gt;" in client.get("/admin/badge?text=<new>").data


def test_rates_come_from_the_supplier(client, monkeypatch):
    asked = []

    def fake(url, timeout):
        asked.append(url)
        return io.BytesIO(b'{"SEK": 11}')

    monkeypatch.setattr(rates, "urlopen", fake)
    assert client.get("/admin/rates/SEK").get_json() == {"SEK": 11}
    assert client.get("/admin/rates/daily/SEK").status_code == 200
    assert client.get("/admin/rates/history?year=2019").status_code == 200
    assert client.get("/admin/rates/mirror?url=" + rates.CENTRAL_BANK + "/a").status_code == 200
    assert asked == [
        rates.CENTRAL_BANK + "/daily/SEK.json", rates.CENTRAL_BANK + "/daily/SEK.json",
        rates.CENTRAL_BANK + "/history/2019.csv", rates.CENTRAL_BANK + "/a"]


def test_the_settlement_tool_is_started(client, monkeypatch):
    started = []
    monkeypatch.setattr(settlement.subprocess, "call", lambda line, shell: started.append(line) or 0)
    monkeypatch.setattr(settlement.subprocess, "check_output", lambda line: " ".join(line).encode())
    assert client.post("/admin/settlement", data={"date": "2019-01-02"}).get_json() == {"status": 0}
    assert client.post("/admin/settlement/day", data={"day": "2019-01-02"}).get_json() == {"status": 0}
    assert client.get("/admin/settlement/7").data == b"/opt/settle/bin/settle status --batch 7"
    assert started == [settlement.TOOL + " --date 2019-01-02 --batch 1", settlement.TOOL + " --close 2019-01-02"]


def test_printing(client, monkeypatch):
    lines = []
    monkeypatch.setattr("os.system", lines.append)
    client.post("/documents/print", data={"printer": "hall"})
    client.post("/documents/label", data={"text": "it's"})
    assert [lines[0].replace("'", ""), lines[1]] == ["lp -d hall cover.pdf", "printf %s 'it'\"'\"'s' | lp -d labels"]


def test_preferences_live_in_their_cookie(client):
    assert client.get("/admin/ping").status_code == 200
    client.set_cookie("bo_view", "gASVCwAAAAAAAAB9lIwBYZRLAXMu")
    assert client.get("/admin/ping").status_code == 200
