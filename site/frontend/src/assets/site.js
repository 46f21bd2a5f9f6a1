"use strict";

const get = async (path) => {
  const answer = await fetch(path, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
  return answer.json();
};

const show = (selector, text) => {
  for (const element of document.querySelectorAll(selector)) element.textContent = text;
};

const listItem = ({ name, summary }) => {
  const item = document.createElement("li");
  const title = document.createElement("strong");
  title.textContent = name;
  item.append(title, summary);
  return item;
};

get("/version.json").then(
  ({ version }) => show("[data-version]", version),
  () => show("[data-version]", "unknown"),
);

get("/api/health").then(
  ({ status, version }) => show("[data-health]", `${status} (${version})`),
  () => show("[data-health]", "does not answer"),
);

const projects = document.querySelector("[data-projects]");
if (projects) {
  get("/api/projects").then(
    (list) => projects.replaceChildren(...list.map(listItem)),
    () => { projects.firstElementChild.textContent = "The list cannot be loaded now. Please try again later."; },
  );
}
