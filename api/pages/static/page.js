"use strict";
// What makes the pages quicker; every page works without it.
