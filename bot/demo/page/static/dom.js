// Making elements, and keeping a list of them in step with data without disturbing what has not changed.

/** An element; `on…` properties are listeners, `data` a dataset, the rest attributes (false and null: none). */
export function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "data") Object.assign(node.dataset, value);
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** Show `items` in `parent`, in order; an item is made anew only when what `tell` says of it differs. */
export function keep(parent, items, key, make, tell = JSON.stringify) {
  const before = new Map([...parent.children].map((node) => [node.dataset.key, node]));
  let place = parent.firstChild;
  for (const item of items) {
    const id = key(item);
    const words = tell(item);
    let node = before.get(id);
    before.delete(id);
    if (node === undefined || node.told !== words) {
      const fresh = make(item);
      fresh.dataset.key = id;
      fresh.told = words;
      if (node) place = replaced(node, fresh, place);
      node = fresh;
    }
    if (node === place) place = node.nextSibling;
    else parent.insertBefore(node, place);
  }
  for (const node of before.values()) node.remove();
}

/** Put `fresh` where `old` is; the keyboard's focus stays on the control of the same `data-focus`. */
function replaced(old, fresh, place) {
  const focused = old.contains(document.activeElement) ? document.activeElement.dataset.focus : undefined;
  const next = old === place ? fresh : place;
  old.replaceWith(fresh);
  if (focused !== undefined) {
    const heir = [fresh, ...fresh.querySelectorAll("[data-focus]")].find((node) => node.dataset.focus === focused);
    heir?.focus({ preventScroll: true });
  }
  return next;
}

export function fill(parent, ...children) {
  parent.replaceChildren(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
}
