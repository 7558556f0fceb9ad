// The page: a form, one request, and its answer drawn. Nothing is kept between visits, and text is never markup.
"use strict";

const $ = (id) => document.getElementById(id);
const DEPTHS = ["none", "named", "used", "built", "shipped"];
const SYMBOLS = { fit: "●", partial: "◐", mismatch: "○", undecided: "–" };
const REASONS = { gap: "needed, not fully shown", thin: "named, no use shown", unsupported: "claimed, no work described" };
const DIMENSIONS = {
  problem: "Problem", constraints: "Constraints", alternatives: "Alternatives", trade_off: "Trade-off",
  evidence: "Evidence", outcome: "Outcome", ownership: "Ownership", clarity: "Clarity",
};
const EXAMPLE = {
  role: "Perception engineer\nYou will train object detection and segmentation models on images from our sorting belts, calibrate cameras and choose lenses and light, and bring the models to the edge computers on the line. You have several years of experience with image-based deep learning and with tracking in video. We offer thirty days of leave and a canteen.",
  texts: {
    "Ada (made up)": "PERCEPTION ENGINEER\nExperience\n- Trained a detector for pallets on 30,000 warehouse images and shipped it to 40 forklifts\n- Calibrated the stereo cameras of each truck and wrote the depth estimation\n- Segmented free floor from video with a U-Net, evaluated on night shifts\nEducation\nMSc in Robotics\n",
    "Bo (made up)": "NLP ENGINEER\nExperience\n- Built named entity recognition for insurance letters, with an annotation guide and four annotators\n- Trained a summarisation model for call transcripts and measured it against people\n- Maintains the speech recognition models for two dialects, used in 3,000 calls a day\nSkills\nOpenCV, YOLO, image segmentation, camera calibration, edge deployment\n",
    "Cy (made up)": "BACKEND DEVELOPER\nExperience\n- Wrote the payment service of a web shop in Go and ran it through two peak seasons\n- Moved the order database to PostgreSQL without a night of downtime\n- Kept the tests of forty services green and their alerts quiet\n",
  },
};
let pool = []; // {name, file} or {name, text}
let answer = null;

// --- building elements -------------------------------------------------------------------------------------------
function el(name, attributes, ...content) {
  const svg = ["svg", "polygon", "line", "text", "title", "circle"].includes(name);
  const made = svg ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key === "style") Object.assign(made.style, value);
    else if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...content.flat().filter((c) => c !== null && c !== undefined));
  return made;
}
const percent = (x) => `${Math.round(100 * x)}%`;
const number = (x) => (x === null ? "–" : x.toFixed(2));
const depthName = (x) => DEPTHS[Math.min(4, Math.max(0, Math.floor(x + 0.5)))];
const oneLine = (text) => text.replace(/\s+/g, " ").trim();

// --- handing in --------------------------------------------------------------------------------------------------
function say(text, isError) {
  $("status").textContent = text;
  $("status").classList.toggle("error", Boolean(isError));
}

function listPool() {
  $("chosen").replaceChildren(
    ...pool.map((entry, i) =>
      el("li", {}, entry.name, el("button", { type: "button", "aria-label": `Remove ${entry.name}`, onclick: () => {
        pool.splice(i, 1);
        listPool();
        $("files").focus();
      } }, "remove")))
  );
}

function take(files, target) {
  if (target === "role-file") {
    const transfer = new DataTransfer();
    transfer.items.add(files[0]);
    $("role-file").files = transfer.files;
    return;
  }
  for (const file of files) pool.push({ name: file.name, file });
  listPool();
}

for (const zone of document.querySelectorAll(".drop")) {
  zone.addEventListener("dragover", (e) => { e.preventDefault(); zone.classList.add("over"); });
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", (e) => {
    e.preventDefault();
    zone.classList.remove("over");
    if (e.dataTransfer.files.length) take(e.dataTransfer.files, zone.dataset.for);
  });
}
$("files").addEventListener("change", () => { take($("files").files, "files"); $("files").value = ""; });
$("add").addEventListener("click", () => {
  const text = $("paste").value.trim();
  if (!text) return say("There is no text to add.", true);
  pool.push({ name: `Pasted ${pool.length + 1}`, text });
  $("paste").value = "";
  listPool();
  say(`Added. ${pool.length} candidates are ready.`);
});
$("example").addEventListener("click", () => {
  $("role").value = EXAMPLE.role;
  pool = Object.entries(EXAMPLE.texts).map(([name, text]) => ({ name, text }));
  listPool();
  $("form").requestSubmit();
});
$("form").addEventListener("reset", () => { pool = []; answer = null; listPool(); $("results").hidden = true; say(""); });

$("form").addEventListener("submit", async (e) => {
  e.preventDefault();
  if ($("paste").value.trim()) $("add").click();
  const role = $("role").value.trim();
  const file = $("role-file").files[0];
  if (!role && !file) { $("role").focus(); return say("Give the role: paste it, or choose a file.", true); }
  if (!pool.length) { $("files").focus(); return say("Give at least one candidate.", true); }
  const form = new FormData();
  if (file && !role) form.append("role_file", file); else form.append("role", role);
  for (const entry of pool) form.append("candidates", entry.file || new File([entry.text], entry.name, { type: "text/plain" }));
  if ($("floor").value) form.append("floor", $("floor").value);
  say(`Reading ${pool.length} candidates …`);
  const body = await ask("/v1/rank", form, $("rank"));
  if (!body) return;
  answer = body;
  draw();
  say(`Done: ${answer.ranking.filter((r) => r.status === "ok").length} of ${answer.ranking.length} scored.`);
});

$("decision").addEventListener("submit", async (e) => {
  e.preventDefault();
  const account = $("account").value.trim();
  if (!account) { $("account").focus(); return say("There is no account to rate.", true); }
  const form = new FormData();
  form.append("text", account);
  if ($("role").value.trim()) form.append("role", $("role").value.trim());
  say("Reading the account …");
  const body = await ask("/v1/decision", form, $("rate"));
  if (!body) return;
  $("rating").replaceChildren(...rating(body));
  $("rating").hidden = false;
  say(body.status === "ok" ? "The account is rated." : `Not rated: ${body.reasons.join("; ")}.`, body.status !== "ok");
});

// Send a form; the answer, or null after the problem has been said.
async function ask(path, form, button) {
  button.disabled = true;
  try {
    const headers = $("key").value ? { "X-API-Key": $("key").value } : {};
    const response = await fetch(path, { method: "POST", body: form, headers });
    const body = await response.json();
    if (response.status === 401) { $("key-row").hidden = false; $("key").focus(); }
    if (response.ok) return body;
    say(body.field ? `${body.field}: ${body.detail}` : body.detail, true);
  } catch {
    say("The service cannot be reached. Is it still running?", true);
  } finally {
    button.disabled = false;
  }
  return null;
}

// --- drawing -----------------------------------------------------------------------------------------------------
const disciplines = () => answer.model.disciplines;
const named = (key) => (disciplines().find((d) => d.key === key) || { name: key }).name;
const colored = (key) => (disciplines().find((d) => d.key === key) || { color: "#888888" }).color;
const tag = (key) => [el("i", { class: "swatch", style: { background: colored(key) }, "aria-hidden": "true" }), named(key)];

function draw() {
  const role = answer.role;
  $("role-said").textContent = role.status === "abstained"
    ? `The role cannot be scored: ${role.reasons.join("; ")}.`
    : role.primary ? `The role is mainly about ${named(role.primary)} (${percent(role.share[role.primary])} of its AI work).`
      : "The role hardly says what AI work it needs; read every score with care.";
  const floored = answer.ranking.some((r) => r.above_floor !== null);
  document.querySelector("th.floor").hidden = !floored;
  $("table").tBodies[0].replaceChildren(...answer.ranking.map((row, i) => {
    const primary = row.match && row.match.candidate.primary;
    return el("tr", { id: `row-${i}` },
      el("td", { class: "n" }, row.rank === null ? "–" : String(row.rank)),
      el("td", {}, el("button", { type: "button", "aria-expanded": "false", "aria-controls": `candidate-${i}`, onclick: () => open(i) }, row.name)),
      el("td", { class: "n" }, number(row.fit)),
      el("td", {}, row.status === "ok" ? `${SYMBOLS[row.verdict]} ${row.verdict}` : `not scored: ${row.reason}`),
      el("td", { class: "n" }, number(row.mismatch)),
      el("td", {}, primary ? [...tag(primary), `, ${depthName(row.match.candidate.depth[primary])}`] : "–"),
      floored ? el("td", {}, row.above_floor ? "reached" : "below") : null);
  }));
  $("details").replaceChildren(...answer.ranking.map(candidate));
  $("model").textContent = `Model ${answer.model.name}, fingerprint ${answer.model.fingerprint}, domainfit ${answer.model.version}.`;
  $("results").hidden = false;
  open(0, true);
  $("results-title").focus();
}

function open(i, quiet) {
  const part = $(`candidate-${i}`);
  const shown = !part.hidden;
  for (const other of document.querySelectorAll(".candidate")) other.hidden = true;
  for (const [k, row] of [...$("table").tBodies[0].rows].entries()) {
    row.classList.toggle("open", k === i && !shown);
    row.querySelector("button").setAttribute("aria-expanded", String(k === i && !shown));
  }
  part.hidden = shown;
  if (!shown && !quiet) part.querySelector("h3").focus();
}

function candidate(row, i) {
  const part = el("section", { class: "candidate", id: `candidate-${i}`, "aria-labelledby": `title-${i}`, hidden: true },
    el("h3", { id: `title-${i}`, tabindex: "-1" }, row.name));
  if (row.status === "error") { part.append(el("p", {}, `Could not be read: ${row.reason}`)); return part; }
  const { match } = row;
  const flags = [...new Set(match.flags.map((f) => f.message))];
  if (row.status !== "ok") part.append(el("p", {}, `Not scored: ${row.reason}.`));
  else part.append(el("p", {}, `${SYMBOLS[row.verdict]} ${row.verdict}: fit ${number(row.fit)}, mismatch ${number(row.mismatch)}.`));
  if (flags.length) part.append(el("ul", {}, flags.map((f) => el("li", { class: "flag" }, f))));
  if (match.candidate.status !== "abstained") part.append(el("div", { class: "pair" }, radar(match), bars(match)));
  if (match.evidence.length) part.append(el("h4", {}, "Evidence for what the role needs"), evidence(match.evidence));
  const ladder = match.candidate.ladder.filter((r) => r.claim_only);
  if (ladder.length) part.append(el("h4", {}, "Claimed only"), el("ul", {}, ladder.map((r) => el("li", {}, `${named(r.discipline)}: the text names it and describes no such work.`))));
  if (match.interview.length) part.append(el("h4", {}, "Ask"), questions(match.interview));
  part.append(el("h4", { id: `text-${i}` }, "The text, with its evidence"), marked(row, i));
  return part;
}

function radar(match) {
  const keys = disciplines().map((d) => d.key);
  const point = (k, r) => {
    const angle = (2 * Math.PI * k) / keys.length - Math.PI / 2;
    return [130 + 85 * r * Math.cos(angle), 110 + 85 * r * Math.sin(angle)];
  };
  const shape = (values) => keys.map((key, k) => point(k, values[key]).map((x) => x.toFixed(1)).join(",")).join(" ");
  const most = Math.max(...keys.map((k) => match.role.share[k]), 0.01);
  const need = Object.fromEntries(keys.map((k) => [k, match.role.share[k] / most]));
  return el("svg", { viewBox: "-50 0 360 232", role: "img", "aria-label": "Radar: the role's need (dashed) and what the candidate's text is about (filled); the table beside it has the numbers" },
    [0.5, 1].map((r) => el("polygon", { class: "ring", points: shape(Object.fromEntries(keys.map((k) => [k, r]))) })),
    el("polygon", { class: "shown", points: shape(match.candidate.probability) }),
    el("polygon", { class: "need", points: shape(need) }),
    keys.map((key, k) => {
      const [x, y] = point(k, 1.14);
      const anchor = Math.abs(x - 130) < 5 ? "middle" : x > 130 ? "start" : "end";
      return el("text", { x: anchor === "start" ? x - 8 : anchor === "end" ? x + 8 : x, y: y + 3, "text-anchor": anchor }, named(key));
    }),
    el("text", { x: 130, y: 226, "text-anchor": "middle" }, "dashed: needed · filled: shown"));
}

function bars(match) {
  const gaps = Object.fromEntries(match.gaps.map((g) => [g.discipline, g]));
  const bar = (value, color) => el("div", { class: "bar", "aria-hidden": "true" }, el("i", { style: { width: percent(value), background: color } }));
  return el("div", { class: "wide", tabindex: "0", role: "region", "aria-label": "Need and work by discipline" }, el("table", {},
    el("thead", {}, el("tr", {}, ["Discipline", "Role needs", "Candidate shows", "Depth", "Mismatch"].map((h) => el("th", { scope: "col" }, h)))),
    el("tbody", {}, disciplines().map(({ key, color }) => el("tr", {},
      el("th", { scope: "row" }, tag(key)),
      el("td", {}, bar(match.role.share[key], color), percent(match.role.share[key])),
      el("td", {}, bar(match.candidate.probability[key], color), number(match.candidate.probability[key])),
      el("td", {}, depthName(match.candidate.depth[key])),
      el("td", {}, gaps[key] ? `${number(gaps[key].size)}${gaps[key].covered_by ? ` (partly through ${named(gaps[key].covered_by)})` : ""}` : "none"))))));
}

const evidence = (list) => el("ul", { class: "evidence" }, list.map((e) =>
  el("li", { class: e.described ? "quote" : "quote claimed", style: { borderLeftColor: colored(e.discipline) } }, oneLine(e.text), " ",
    el("span", { class: "small" }, `(${named(e.discipline)}, ${e.described ? depthName(e.depth) : "claimed only"})`))));

function questions(list) {
  const about = [...new Set(list.map((q) => q.discipline))];
  return el("div", {}, about.map((key) => {
    const own = list.filter((q) => q.discipline === key);
    return [el("p", {}, ...tag(key), ` (${REASONS[own[0].reason] || own[0].reason})`),
      el("ul", {}, own.map((q) => el("li", {}, q.text, " ", el("span", { class: "small" }, `A good answer: ${q.good_answer}`))))];
  }).flat());
}

// The strongest evidence that covers a stretch marks it. Offsets count code points, and JavaScript's strings do not.
function marked(row, i) {
  const letters = Array.from(row.text);
  const owner = new Array(letters.length).fill(null);
  for (const e of [...row.match.candidate.evidence].reverse()) owner.fill(e, e.start, e.end);
  const hidden = new Array(letters.length).fill(null);
  const unscored = ["hidden_text", "invisible_characters", "lookalike_letters", "instruction", "copied_role_text"];
  for (const f of row.match.flags) if (f.start !== null && unscored.includes(f.code)) hidden.fill(f, f.start, f.end);
  const parts = [];
  for (let a = 0; a < letters.length;) {
    let b = a;
    while (b < letters.length && owner[b] === owner[a] && hidden[b] === hidden[a]) b += 1;
    const text = letters.slice(a, b).join("");
    const e = owner[a];
    if (hidden[a]) parts.push(el("del", {}, text), el("span", { class: "small" }, ` [not scored: ${hidden[a].message}] `));
    else if (e) {
      const alpha = e.described ? Math.round(255 * 0.06 * (1 + e.depth)).toString(16).padStart(2, "0") : "00";
      parts.push(el("mark", { style: { background: colored(e.discipline) + alpha, borderBottomColor: colored(e.discipline), borderBottomStyle: e.described ? "solid" : "dotted" } },
        text, el("small", {}, ` [${named(e.discipline)}, ${e.described ? depthName(e.depth) : "claimed"}]`)));
    } else parts.push(text);
    a = b;
  }
  return el("div", { class: "text", tabindex: "0", role: "region", "aria-labelledby": `text-${i}` }, parts);
}

function rating(body) {
  const flags = [...new Set(body.flags.map((f) => f.message))].map((f) => el("p", { class: "flag" }, f));
  if (body.status !== "ok") return flags;
  const range = (r) => `${r.value.toFixed(1)} (${r.low.toFixed(1)} to ${r.high.toFixed(1)})`;
  const rows = Object.entries(body.ratings).map(([key, r]) => el("tr", {},
    el("th", { scope: "row" }, DIMENSIONS[key] || key),
    el("td", { class: "n" }, range(r)),
    el("td", {}, r.sentences.length ? el("ul", {}, r.sentences.map((s) => el("li", {}, oneLine(s.text)))) : "no sentence")));
  return [
    el("p", {}, `Overall ${range(body.overall)} of 4. In brackets: where a person's rating would lie four times in five, as far as accounts written for this project tell.`),
    ...flags,
    el("div", { class: "wide", role: "region", "aria-label": "Ratings of the account", tabindex: "0" }, el("table", {},
      el("thead", {}, el("tr", {}, ["Dimension", "0 to 4", "Rests on"].map((h) => el("th", { scope: "col" }, h)))),
      el("tbody", {}, rows))),
    ...(body.questions.length ? [el("h3", {}, "Ask"), el("ul", {}, body.questions.map((q) => el("li", {}, q)))] : []),
  ];
}

// --- taking away -------------------------------------------------------------------------------------------------
$("csv").addEventListener("click", () => {
  // A cell that begins like a formula is made a text: spreadsheets would run it.
  const cell = (x) => `"${String(x ?? "").replace(/^([=+\-@\t])/, "'$1").replaceAll('"', '""')}"`;
  const keys = disciplines().map((d) => d.key);
  const head = ["rank", "candidate", "status", "reason", "fit", "mismatch", "verdict", "primary", "above_floor", ...keys, ...keys.map((k) => `depth_${k}`)];
  const rows = answer.ranking.map((r) => {
    const c = r.match && r.match.candidate;
    return [r.rank, r.name, r.status, r.reason, r.fit, r.mismatch, r.verdict, c && c.primary, r.above_floor,
      ...keys.map((k) => c && c.probability[k]), ...keys.map((k) => c && c.depth[k])];
  });
  const url = URL.createObjectURL(new Blob([[head, ...rows].map((r) => r.map(cell).join(",")).join("\r\n")], { type: "text/csv" }));
  const link = el("a", { href: url, download: "ranking.csv" });
  link.click();
  URL.revokeObjectURL(url);
});
$("print").addEventListener("click", () => window.print());
