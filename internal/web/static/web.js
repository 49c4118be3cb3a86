// Only saves clicks: every page works without it.
"use strict";
