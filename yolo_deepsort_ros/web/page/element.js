// A new element with a class and a text: never markup.
export function element(kind, className, text = '') {
  const made = document.createElement(kind);
  made.className = className;
  made.textContent = text;
  return made;
}
