// Only saves clicks: every page works without it.
"use strict";
for (const button of document.querySelectorAll("button.copy")) {
  const text = button.closest("section").querySelector("textarea");
  button.hidden = false;
  button.addEventListener("click", () => {
    text.select();
    const done = () => { button.dataset.done = "1"; button.textContent = "已复制 copied"; };
    if (navigator.clipboard) navigator.clipboard.writeText(text.value).then(done, () => document.execCommand("copy") && done());
    else if (document.execCommand("copy")) done();
  });
}
const drop = document.querySelector("form.drop");
if (drop) {
  const files = drop.querySelector("input[type=file]");
  for (const type of ["dragover", "dragleave", "drop"]) drop.addEventListener(type, event => {
    event.preventDefault();
    drop.classList.toggle("over", type === "dragover");
    if (type === "drop" && event.dataTransfer.files.length) files.files = event.dataTransfer.files;
  });
  drop.addEventListener("submit", () => { const button = drop.querySelector("button"); button.disabled = true; button.textContent = "正在检查… checking…"; });
}
