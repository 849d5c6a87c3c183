"use strict";
// Forms of the page Record: files hashed here, a reason asked for when it is needed, a quick search.
const hex = (buffer) => Array.from(new Uint8Array(buffer), (b) => b.toString(16).padStart(2, "0")).join("");

async function fingerprint(file, salted) {
  const salt = salted ? hex(crypto.getRandomValues(new Uint8Array(16))) : "";
  const bytes = new Uint8Array(await file.arrayBuffer());
  const whole = new Uint8Array(salt.length + bytes.length);
  whole.set(new TextEncoder().encode(salt));
  whole.set(bytes, salt.length);
  const digest = hex(await crypto.subtle.digest("SHA-256", whole));
  return salted ? `${salt}$${digest}` : digest;
}

// Where the browser can, the file never leaves it: the field loses its name, so it is not sent.
if (window.crypto && crypto.subtle) {
  for (const input of document.querySelectorAll("input[data-hash]")) {
    const field = input.closest(".field");
    const held = field.querySelector(`input[type="hidden"]`);
    input.removeAttribute("name");
    field.querySelector(".plain").hidden = true;
    field.querySelector(".made").hidden = false;
    input.addEventListener("change", () => {
      const form = input.form;
      const work = input.files[0] ? fingerprint(input.files[0], input.dataset.hash === "salted") : Promise.resolve("");
      form.hashing = (form.hashing || Promise.resolve()).then(() => work).then((value) => { held.value = value; });
    });
  }
  for (const form of document.querySelectorAll("form.record")) {
    form.addEventListener("submit", (event) => {
      if (!form.hashing) return;
      event.preventDefault();
      const by = event.submitter;
      form.hashing.then(() => { form.hashing = null; form.requestSubmit(by); });
    });
  }
}

// The reason for being late shows once it is needed.
const DAY = 86400000;
for (const part of document.querySelectorAll(".late-part")) {
  const when = document.getElementById("occurred_at");
  const done = document.getElementById("already_done");
  const reason = part.querySelector("textarea");
  const show = () => {
    const late = when.value && Date.now() - new Date(when.value).getTime() > DAY;
    const practice = document.querySelector(".practice");
    part.hidden = !(late || practice && when.value || done && done.checked || reason.value || part.querySelector(".error"));
  };
  for (const one of [when, done]) if (one) one.addEventListener("input", show);
  show();
}

// Search as one types: what does not fit is hidden.
const sought = document.getElementById("sought");
const plain = (text) => text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
if (sought) {
  const seek = () => {
    const parts = plain(sought.value).split(/\s+/).filter(Boolean);
    const fits = (text) => { const spoken = plain(text).split(/\s+/); return parts.every((p) => spoken.some((w) => w.startsWith(p))); };
    let any = false;
    for (const group of document.querySelectorAll(".happening")) {
      const heading = fits(group.querySelector("h3").textContent);
      let here = false;
      for (const item of group.querySelectorAll("li")) {
        item.hidden = !(heading || fits(item.textContent));
        here = here || !item.hidden;
      }
      group.hidden = !here;
      any = any || here;
    }
    document.querySelector(".nothing").hidden = any;
  };
  sought.addEventListener("input", seek);
}

// A page of problems begins with them.
const problems = document.getElementById("problems");
if (problems) problems.focus();
