// A button beside what is to be pasted elsewhere. Without scripts, it can be selected.
if (navigator.clipboard) {
  for (const source of document.querySelectorAll("pre > code, .once .value")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quiet small copy";
    button.textContent = source.dataset.copy ?? "Copy";
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(source.textContent);
        button.textContent = source.dataset.copied ?? "Copied";
      } catch {
        getSelection().selectAllChildren(source);
        button.textContent = source.dataset.selected ?? "Selected, for you to copy";
      }
    });
    (source.closest("pre") ?? source).after(button);
  }
}
