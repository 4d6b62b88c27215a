# -*- coding: utf-8 -*-
"""Starts the clearing house's own settlement tool."""
import datetime
import subprocess

TOOL = "/opt/settle/bin/settle"


class Settlement(object):
    def __init__(self, business_date, batch):
        self.business_date = business_date
        self.batch = batch

    def command(self):
        return "%s --date %s --batch %s" % (TOOL, self.business_date, self.batch)

    def start(self):
        return subprocess.call(self.command(), shell=True)

    def status(self):
        return subprocess.check_output([TOOL, "status", "--batch", self.batch])

    @staticmethod
    def close_day(text):
        day = datetime.datetime.strptime(text, "%Y-%m-%d").date()
        return subprocess.call("%s --close %s" % (TOOL, day.isoformat()), shell=True)
