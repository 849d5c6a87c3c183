"use strict";
// A file is hashed here and never sent: plainly, and with each salt that the reader may have.
(() => {
  const form = document.getElementById("look-up");
  if (!form || !window.crypto || !crypto.subtle) return;
  const chooser = document.getElementById("file");
  const drop = document.getElementById("drop");
  const working = document.getElementById("working");
  document.getElementById("with-script").hidden = false;

  async function digest(bytes) {
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    return Array.from(hash, (octet) => octet.toString(16).padStart(2, "0")).join("");
  }

  async function salted(salt, bytes) {
    const before = new TextEncoder().encode(salt);
    const whole = new Uint8Array(before.length + bytes.byteLength);
    whole.set(before);
    whole.set(new Uint8Array(bytes), before.length);
    return digest(whole);
  }

  async function read(file) {
    try { return await file.arrayBuffer(); } catch (_) { throw new Error(form.dataset.unreadable); }
  }

  async function hashed(file) {
    const bytes = await read(file);
    if (bytes.byteLength === 0) return false;  // the page says so
    try {
      const answer = await fetch(form.dataset.salts, { credentials: "same-origin" });
      const { salts } = await answer.json();
      form.elements.hash.value = await digest(bytes);
      const all = [];
      for (const salt of salts) all.push(await salted(salt, bytes));
      form.elements.salted.value = all.join(" ");
    } catch (_) { throw new Error(form.dataset.failed); }
    form.elements.name.value = file.name;
    return true;
  }

  form.addEventListener("submit", async (event) => {
    const file = chooser.files[0];
    if (!file) return;
    event.preventDefault();
    working.textContent = form.dataset.working;
    try {
      if (await hashed(file)) chooser.disabled = true;
      form.submit();
    } catch (problem) { working.textContent = problem.message; }
  });
  for (const name of ["dragenter", "dragover"]) {
    drop.addEventListener(name, (event) => { event.preventDefault(); drop.classList.add("over"); });
  }
  for (const name of ["dragleave", "drop"]) {
    drop.addEventListener(name, () => drop.classList.remove("over"));
  }
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files.length) chooser.files = event.dataTransfer.files;
  });
})();
