"use strict";
// Sliding through the steps: the moment is fetched and put in place, so the slider keeps its focus.
(() => {
  const form = document.getElementById("slide");
  if (!form) return;
  const slider = document.getElementById("step");
  const number = document.getElementById("step-shown");
  const told = document.getElementById("told");
  let waiting = 0;
  let asked = 0;

  function take(html) {
    const page = new DOMParser().parseFromString(html, "text/html");
    for (const part of ["#moment", "ol.steps"]) {
      document.querySelector(part).replaceWith(document.adoptNode(page.querySelector(part)));
    }
    document.getElementById("wrong")?.remove();
    document.getElementById("at").value = page.getElementById("at").value;
    const words = document.getElementById("moment").dataset.words;
    slider.setAttribute("aria-valuetext", words);
    told.textContent = words;
  }

  async function show() {
    const mine = ++asked;
    const known = form.elements.known.value;
    const address = `${form.action}?step=${slider.value}&known=${known}`;
    try {
      const answer = await fetch(address, { credentials: "same-origin" });
      const html = await answer.text();
      if (mine !== asked) return;
      if (!answer.ok || answer.redirected) { form.submit(); return; }
      take(html);
      history.replaceState(null, "", address);
    } catch (_) {
      if (mine === asked) form.submit();
    }
  }

  slider.setAttribute("aria-valuetext", document.getElementById("moment").dataset.words);
  slider.addEventListener("input", () => {
    number.textContent = slider.value;
    clearTimeout(waiting);
    waiting = setTimeout(show, 120);
  });
  form.addEventListener("submit", (event) => { event.preventDefault(); clearTimeout(waiting); show(); });
})();
