// The names of the chosen files with a small picture of each, before they are sent. Without it the browser shows how many.
"use strict";

for (const input of document.querySelectorAll("[data-chooser]")) {
  const list = input.closest(".field").querySelector("[data-chosen]");
  const held = [];
  input.closest(".chooser").classList.add("chooser--scripted");
  input.addEventListener("change", () => {
    while (held.length) URL.revokeObjectURL(held.pop());
    list.replaceChildren(...[...input.files].map((file) => {
      const item = document.createElement("li");
      item.className = "files__item";
      if (file.type.startsWith("image/")) {
        const picture = document.createElement("img");
        picture.className = "files__picture";
        picture.alt = "";
        held.push((picture.src = URL.createObjectURL(file)));
        picture.addEventListener("error", () => picture.remove());
        item.append(picture);
      }
      const text = document.createElement("span");
      const megabytes = file.size / 1048576;
    const size = megabytes >= 1 ? `${megabytes.toFixed(1)} MB` : `${Math.max(1, Math.floor(file.size / 1024))} KB`;
      text.textContent = `${file.name}（${size}）${megabytes > 10 ? "：超过10 MB，不能上传" : ""}`;
      item.append(text);
      return item;
    }));
  });
}
