// What makes the console handier: taking a file into its field. All works without, too.
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
