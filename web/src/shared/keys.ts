// Keys: a screen says what each key does; the `?` sheet and the command menu list what is in force.
import { getHotkeyHandler } from "@mantine/hooks";
import { useEffect, useLayoutEffect, useMemo, useRef, useSyncExternalStore } from "react";

export interface Key {
  /** As Mantine writes it: "Enter", "mod+K", "g"; empty for what is in the menu alone. */
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

const LETTERS = "quorate.letters";

/** Whether single letters and digits are keys; who speaks to the computer turns them off (WCAG 2.1.4). */
export function lettersAreKeys(): boolean {
  return localStorage.getItem(LETTERS) !== "off";
}

export function setLettersAreKeys(on: boolean): void {
  localStorage.setItem(LETTERS, on ? "on" : "off");
  document.documentElement.dataset.letters = on ? "on" : "off";
}

const isLetter = (press: string) => /^(shift\+)?.$/.test(press);

/** Whether letters go into a field. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement)
    return !["checkbox", "radio", "range", "button"].includes(target.type);
  return (
    target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement
  );
}

const PRESSED: Readonly<Record<string, string>> = {
  Enter: "button, a[href], summary, [role=button]",
  Space: "button, summary, input, audio, video, [role=button]",
};

/** Enter on a button or a link is that button's, not the screen's; so is the space bar on whatever it presses. */
function isPressed(press: string, target: EventTarget | null): boolean {
  const those = PRESSED[press];
  return those !== undefined && target instanceof Element && target.closest(those) !== null;
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
        if (!key.press || (typing && !key.typing)) continue;
        if (isPressed(key.press, event.target) || (isLetter(key.press) && !lettersAreKeys())) continue;
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
      const name = key.press || key.does;
      if (key.listed === false || seen.has(name)) continue;
      seen.add(name);
      found.push(key);
    }
    return found;
  }, [all]);
}

const SIGNS: Record<string, string> = {
  shift: "⇧",
  mod: "Ctrl/⌘ ",
  alt: "Alt ",
  Space: "␣",
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
