// Every kind there is; each is fetched when the first task of it comes.
import { useEffect, useState } from "react";
import type { Kind } from "./kind";

// biome-ignore lint/suspicious/noExplicitAny: a kind's own value is nobody else's business
export type AnyKind = Kind<any>;

const LOADERS: Record<string, () => Promise<{ kind: AnyKind }>> = {
  choice: () => import("./choice/kind"),
  choices: () => import("./choices/kind"),
  scale: () => import("./scale/kind"),
  number: () => import("./number/kind"),
  text: () => import("./text/kind"),
  spans: () => import("./spans/kind"),
  boxes: () => import("./boxes/kind"),
};

const loaded = new Map<string, AnyKind>();

/** Have a kind; undefined when this app does not know it. */
export async function haveKind(name: string): Promise<AnyKind | undefined> {
  const load = LOADERS[name];
  if (load && !loaded.has(name)) loaded.set(name, (await load()).kind);
  return loaded.get(name);
}

export function kindNow(name: string): AnyKind | undefined {
  return loaded.get(name);
}

/** A kind on a screen; undefined while it is fetched. */
export function useKind(name: string): AnyKind | undefined {
  const [, loadedNow] = useState(0);
  useEffect(() => {
    if (!loaded.has(name)) void haveKind(name).then(() => loadedNow((n) => n + 1));
  }, [name]);
  return loaded.get(name);
}
