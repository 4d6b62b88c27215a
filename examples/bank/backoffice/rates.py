# -*- coding: utf-8 -*-
"""Exchange rates, from the central bank or from wherever the treasury says."""
import json

try:
    from urllib2 import urlopen
except ImportError:
    from urllib.request import urlopen

CENTRAL_BANK = "https://rates.centralbank.example"
CURRENCIES = ("CHF", "GBP", "NOK", "SEK", "USD")


class RateClient(object):
    def __init__(self, base=CENTRAL_BANK, timeout=10):
        self.base = base
        self.timeout = timeout

    def fetch(self, currency):
        url = "%s/daily/%s.json" % (self.base, currency)
        return json.loads(urlopen(url, timeout=self.timeout).read().decode("utf-8"))


def mirror(url):
    if not url.startswith(CENTRAL_BANK):
        raise ValueError("not our supplier")
    return urlopen(url, timeout=10).read()


def daily(currency):
    if currency not in CURRENCIES:
        raise ValueError("currency not quoted")
    return urlopen(CENTRAL_BANK + "/daily/" + currency + ".json", timeout=10).read()


def history(year):
    return urlopen("https://rates.centralbank.example/history/%d.csv" % int(year), timeout=10).read()
