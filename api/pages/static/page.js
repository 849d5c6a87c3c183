"use strict";
// What makes the pages quicker; every page works without it.

// A button that opens the browser's own printing; without this its place stays empty.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
