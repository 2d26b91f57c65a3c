// @ts-check
"use strict";
/** The end of a 3-D Secure challenge in a frame: says so, and nothing else, to the page around it. */
window.parent.postMessage({ type: "challenge-over" }, "*");
