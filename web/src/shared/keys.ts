// Keys: a screen says what each key does; the `?` sheet and the command menu list what is in force.
import { getHotkeyHandler } from "@mantine/hooks";
import { useEffect, useLayoutEffect, useMemo, useRef, useSyncExternalStore } from "react";

export interface Key {
  /** As Mantine writes it: "Enter", "mod+K", "g". */
  readonly press: string;
  readonly does: string;
  readonly run: (event: KeyboardEvent) => void;
  /** Also while a text field has the focus. */
  readonly typing?: boolean;
  /** In the sheet and the menu? Answers of one question are listed as one row. */
  readonly listed?: boolean;
}

type Layer = { readonly keys: readonly Key[] };
let layers: readonly Layer[] = [];
const listeners = new Set<() => void>();

function change(next: readonly Layer[]): void {
  layers = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Whether letters go into a field. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement)
    return !["checkbox", "radio", "range", "button"].includes(target.type);
  return (
    target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement
  );
}

/** Enter on a button or a link is that button's, not the screen's. */
function isPressed(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("button, a[href], summary, [role=button]") !== null;
}

/** These keys work while the component is on the page. An open modal dialog silences them. */
export function useKeys(keys: readonly Key[], enabled = true): void {
  const latest = useRef(keys);
  latest.current = keys;
  const listed = keys.map((key) => `${key.press} ${key.does} ${key.listed}`).join("\n");
  // biome-ignore lint/correctness/useExhaustiveDependencies: the list is shown anew when its words change
  useEffect(() => {
    if (!enabled) return;
    const layer: Layer = { keys: latest.current };
    change([...layers, layer]);
    return () => change(layers.filter((one) => one !== layer));
  }, [enabled, listed]);
  // In the same moment as the page changes: a key that is pressed right after must not reach the screen before.
  useLayoutEffect(() => {
    if (!enabled) return;
    const listen = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return;
      if (document.querySelector("[role=dialog][aria-modal=true]")) return;
      const typing = isTyping(event.target);
      for (const key of latest.current) {
        if (typing && !key.typing) continue;
        if (key.press === "Enter" && isPressed(event.target)) continue;
        getHotkeyHandler([[key.press, (e) => key.run(e as KeyboardEvent), { preventDefault: true }]])(
          event as never,
        );
        if (event.defaultPrevented) return;
      }
    };
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, [enabled]);
}

/** What every key does now, innermost screen first. */
export function useKeysInForce(): Key[] {
  const all = useSyncExternalStore(subscribe, () => layers);
  return useMemo(() => {
    const seen = new Set<string>();
    const found: Key[] = [];
    for (const key of all.toReversed().flatMap((layer) => layer.keys)) {
      if (key.listed === false || seen.has(key.press)) continue;
      seen.add(key.press);
      found.push(key);
    }
    return found;
  }, [all]);
}

const SIGNS: Record<string, string> = {
  shift: "⇧",
  mod: "Ctrl/⌘ ",
  alt: "Alt ",
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
};

/** A key as it is written on the screen. */
export function shown(press: string): string {
  const parts = press.split("+").filter(Boolean);
  if (press.endsWith("+")) parts.push("+");
  return parts
    .map((part) => SIGNS[part] ?? (part.length === 1 && parts.length > 1 ? part.toUpperCase() : part))
    .join("");
}
