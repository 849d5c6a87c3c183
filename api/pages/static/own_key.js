"use strict";
// Passkeys: enrolled on the page "My keys", and used to sign a form that was looked over.
// Nothing here is needed to record: without it the service says who it was.
const INTENT = "application/vnd.handledger.intent+json";
const POSSESSION = "application/vnd.handledger.possession+json";
const toBase64 = (octets) => btoa(String.fromCharCode(...new Uint8Array(octets)));
const fromBase64 = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
const octetsOf = (text) => new TextEncoder().encode(text);
const digestOf = async (octets) => new Uint8Array(await crypto.subtle.digest("SHA-256", octets));
const ALGORITHMS = { "-7": "es256", "-8": "ed25519" };
const LENGTHS = { es256: 65, ed25519: 32 };

/** What is signed: type and body, each after its length (DSSE). */
function pae(type, body) {
  const head = octetsOf(`DSSEv1 ${type.length} ${type} ${body.length} `);
  const whole = new Uint8Array(head.length + body.length);
  whole.set(head);
  whole.set(body, head.length);
  return whole;
}

/** A signature by one of these passkeys over this type and body. */
async function signed(type, body, keys) {
  const challenge = await digestOf(pae(type, body));
  const allowCredentials = keys.map((key) => ({ type: "public-key", id: fromBase64(key.passkey_id) }));
  const publicKey = { challenge, rpId: keys[0].rp, allowCredentials, userVerification: "required" };
  const { rawId, response } = await navigator.credentials.get({ publicKey });
  const wa = { ad: toBase64(response.authenticatorData), cdj: toBase64(response.clientDataJSON) };
  const key = keys.find((one) => one.passkey_id === toBase64(rawId));
  return { keyid: key.key_id, sig: toBase64(response.signature), wa };
}

/** The passkeys that this address may use. */
const usable = (text) => JSON.parse(text).filter(({ rp }) => rp === location.hostname);

/** The command to be sent, signed with one of the passkeys, of what the server says there is to sign. */
async function signedCommand(address, form, keys) {
  const answer = await fetch(address, { method: "POST", body: form, headers: { Accept: "application/problem+json" } });
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.detail || said.title);
  const signature = await signed(INTENT, fromBase64(said.intent.payload), keys);
  return { ...said.command, intent: { ...said.intent, signatures: [signature] } };
}

/** The command that enrols a passkey made now: the key, and its signature that it is at hand. */
async function enrolment({ person, name, school, origin }) {
  const made = await navigator.credentials.create({
    publicKey: {
      rp: { id: location.hostname, name: school },
      user: { id: crypto.getRandomValues(new Uint8Array(32)), name: person, displayName: name },
      challenge: crypto.getRandomValues(new Uint8Array(32)),
      pubKeyCredParams: Object.keys(ALGORITHMS).map((alg) => ({ type: "public-key", alg: Number(alg) })),
      authenticatorSelection: { userVerification: "required", residentKey: "preferred" },
      attestation: "none",
    },
  });
  const algorithm = ALGORITHMS[made.response.getPublicKeyAlgorithm()];
  const key = new Uint8Array(made.response.getPublicKey()).slice(-LENGTHS[algorithm]);
  const digest = new Uint8Array([...octetsOf("handledger/key/v1\nactor\n"), ...key]);
  const key_id = Array.from(await digestOf(digest), (one) => one.toString(16).padStart(2, "0")).join("").slice(0, 32);
  const passkey_id = toBase64(made.rawId);
  const rp = location.hostname;
  const body = octetsOf(JSON.stringify({ key_id, person, source: origin }));
  const { sig, wa } = await signed(POSSESSION, body, [{ passkey_id, rp, key_id }]);
  const more = { signature: sig, authenticator_data: wa.ad, client_data: wa.cdj };
  return { data: { person, kind: "passkey", algorithm, public_key: toBase64(key), key_id, rp, passkey_id, ...more } };
}

/** Do what a button stands for; where it does not come off, say so beside it. */
function offer(part, work) {
  const button = part.querySelector("button");
  const problem = part.querySelector("[role=alert]");
  part.hidden = false;
  button.addEventListener("click", async () => {
    problem.textContent = "";
    button.disabled = true;
    try {
      await work(part);
    } catch (error) {
      problem.textContent = `${part.dataset.failed} (${error.message || error.name})`;
      button.disabled = false;
    }
  });
}

// An address that is a number has no passkeys: browsers want a name.
if (window.PublicKeyCredential && crypto.subtle && !/^[0-9.]+$|:/.test(location.hostname)) {
  for (const part of document.querySelectorAll("[data-enrol]")) {
    part.closest("form").addEventListener("submit", (event) => event.preventDefault());
    offer(part, async ({ dataset }) => {
      const form = part.closest("form");
      if (!form.reportValidity()) throw new Error(dataset.empty);
      let command = await enrolment(dataset);
      form.elements.command.value = JSON.stringify(command);
      const keys = usable(dataset.passkeys);
      if (dataset.demanded && keys.length) {
        command = await signedCommand(dataset.intent, new FormData(form), keys);
        form.elements.command.value = JSON.stringify(command);
      }
      form.submit();
    });
  }
  for (const part of document.querySelectorAll("[data-sign]")) {
    const keys = usable(part.dataset.passkeys);
    if (keys.length === 0) continue;
    offer(part, async ({ dataset }) => {
      const form = part.closest("form");
      const { occurred_at, event_id, salts, intent } = await signedCommand(dataset.intent, new FormData(form), keys);
      form.elements.signed.value = JSON.stringify({ occurred_at, event_id, salts, intent });
      form.requestSubmit(form.querySelector("button[value=record]"));
    });
  }
}
