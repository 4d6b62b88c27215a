# -*- coding: utf-8 -*-
"""What all nightly jobs share."""
from __future__ import print_function

import time


class Job(object):
    name = "job"

    def __init__(self, connection, drop):
        self.connection = connection
        self.drop = drop
        self.done = 0

    def run(self):
        started = time.time()
        for item in self.pending():
            self.process(item)
            self.done += 1
        self.connection.commit()
        print("%s: %d done in %.1f s" % (self.name, self.done, time.time() - started))
        return self.done

    def pending(self):
        raise NotImplementedError

    def process(self, item):
        raise NotImplementedError
