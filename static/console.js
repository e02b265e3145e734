// What makes the console handier: copying what is to be pasted, and taking a file into its field. All works without, too.
if (navigator.clipboard) {
  for (const source of document.querySelectorAll("pre > code, .once .value")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quiet small copy";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(source.textContent);
        button.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(source);
        button.textContent = "Selected, for you to copy";
      }
    });
    (source.closest("pre") ?? source).after(button);
  }
}

for (const input of document.querySelectorAll("input[type=file][data-into]")) {
  const field = document.getElementById(input.dataset.into);
  input.closest("[hidden]").hidden = false;
  input.addEventListener("change", async () => {
    const [file] = input.files;
    const text = file ? await file.text() : "";
    const fits = text.length <= field.maxLength;
    input.setCustomValidity(fits ? "" : `This file is longer than the ${field.maxLength} characters that fit here.`);
    input.reportValidity();
    if (file && fits) field.value = text;
  });
}
