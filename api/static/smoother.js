// Makes pages smoother; nothing needs it. Every form works by itself, and the server alone decides what applies.
"use strict";

// A second press sends nothing twice.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  const form = event.target;
  if (form.dataset.sent) return event.preventDefault();
  if (form.method === "post") {
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, 8000);
  }
});

// After an error, start where the errors are listed.
const problems = document.getElementById("problems");
if (problems) problems.focus();

// Copy buttons beside amounts and references.
document.querySelectorAll("[data-copy]").forEach((place) => {
  if (!navigator.clipboard) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "as-link no-print";
  button.textContent = place.dataset.copy;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(place.dataset.value || place.textContent.trim());
    button.textContent = place.dataset.copied;
  });
  place.after(" ", button);
});

// While something is waited for, look again now and then, and reload when it has moved on.
const waiting = document.querySelector("[data-look-again]");
if (waiting) {
  const look = async () => {
    try {
      const answer = await fetch(waiting.dataset.lookAgain, { headers: { Accept: "text/plain" } });
      if (answer.ok && (await answer.text()) !== waiting.dataset.state) return location.reload();
    } catch {
      // No line just now: the next look will tell, and the page has a link that does the same.
    }
    setTimeout(look, document.hidden ? 20000 : 5000);
  };
  setTimeout(look, 3000);
}

// Questions that do not apply are hidden; when an answer that steers them changes, the server is asked again. What was
// typed stays as it is: only what is shown, and which subdistricts a postcode has, follow the server's answer.
const questions = document.querySelector("form[data-questions]");
if (questions) {
  const each = (form) => [...form.querySelectorAll(".question")];
  const fit = (answered) =>
    each(questions).forEach((question, place) => {
      question.hidden = answered[place]?.hasAttribute("data-does-not-apply") ?? false;
    });
  const ask = async (lookUp) => {
    const sent = new FormData(questions);
    for (const [name, value] of [...sent]) if (value instanceof File) sent.delete(name);
    sent.set("look_up", lookUp);
    const answer = await fetch(questions.action, { method: "POST", body: new URLSearchParams(sent) });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("form[data-questions]");
    if (!fresh) return;
    fit(each(fresh));
    const places = fresh.querySelector(`select[data-of="${lookUp}"]`);
    if (places) questions.querySelector(`select[data-of="${lookUp}"]`).innerHTML = places.innerHTML;
  };
  fit(each(questions));
  questions.addEventListener("change", (event) => {
    const changed = event.target;
    if (changed.type !== "file" && changed.closest("[data-steers]")) ask("steering");
    if (changed.dataset.postcode !== undefined && /^\s*[0-9๐-๙]{5}\s*$/.test(changed.value)) ask(changed.name);
  });
}

// A decision form shows only what belongs to the verdict chosen.
document.querySelectorAll("[data-only-for]").forEach((part) => {
  const form = part.closest("form");
  const fit = () => {
    const chosen = form.querySelector("[name=verdict]:checked");
    part.hidden = !chosen || !part.dataset.onlyFor.split(" ").includes(chosen.value);
  };
  form.addEventListener("change", fit);
  fit();
});

// Two minutes before the sign-out, say so and offer to stay.
const idle = document.querySelector("[data-idle]");
if (idle) {
  let timer;
  const warn = () => {
    const stay = document.createElement("button");
    stay.type = "button";
    stay.className = "button";
    stay.textContent = idle.dataset.stay;
    stay.addEventListener("click", async () => {
      const answer = await fetch("/stay", { headers: { Accept: "text/plain" } });
      if (!answer.ok) return location.reload();
      idle.className = "unseen";
      idle.replaceChildren();
      start();
    });
    idle.className = "notice wait stay";
    idle.replaceChildren(idle.dataset.warn + " ", stay);
  };
  const start = () => {
    clearTimeout(timer);
    timer = setTimeout(warn, (Number(idle.dataset.idle) - 120) * 1000);
  };
  start();
}
