// What must survive a closed tab: answers that are not sent yet, and answers that are not finished yet.
import { type DBSchema, type IDBPDatabase, type IDBPObjectStore, openDB } from "idb";
import type { Task } from "../task";

/** A request that the server has not answered yet. Its id is its idempotency key. */
export interface Entry {
  readonly id: string;
  readonly account: string;
  readonly order: number;
  readonly path: "/api/v1/work/submit" | "/api/v1/work/skip" | "/api/v1/work/flag" | "/api/v1/work/revise";
  readonly body: Record<string, unknown>;
  readonly task: Task;
  /** Not sent before this moment (ms), so that it can be taken back. */
  readonly due: number;
  /** Why the server would not have it; kept for the person to see. */
  readonly refused?: Refusal;
}

export interface Refusal {
  readonly status: number;
  readonly type: string;
  /** What happened and how to mend it, in the language that was read then. */
  readonly detail: string;
}

export interface Draft {
  readonly value: unknown;
  readonly comment: string;
  /** How sure the person says they are, from 0 to 1. */
  readonly sure?: number;
  readonly at: number;
}

interface Tables extends DBSchema {
  outbox: { key: string; value: Entry };
}

export type Store = IDBPDatabase<Tables>;

const KEPT_FOR = 14 * 24 * 3_600_000;

export function openStore(name = "quorate"): Promise<Store> {
  return openDB<Tables>(name, 1, {
    upgrade(db) {
      db.createObjectStore("outbox", { keyPath: "id" });
    },
  });
}

/** Change the outbox; committed at once, so that it is likely kept though the page is left in the same moment. */
export async function write(
  store: Store,
  change: (table: IDBPObjectStore<Tables, ["outbox"], "outbox", "readwrite">) => Promise<unknown>,
): Promise<void> {
  const transaction = store.transaction("outbox", "readwrite");
  const changed = change(transaction.store);
  transaction.commit();
  await Promise.all([changed, transaction.done]);
}

const DRAFT = "quorate.draft:";

/** A draft belongs to an account and a task, whichever lease it was begun under. */
function place(account: string, task: string): string {
  return `${DRAFT}${account}:${task}`;
}

/** Kept before this returns, as a page that is being left needs it: a database's transaction dies with its page. */
export function keepDraft(account: string, task: string, draft: Draft | null): void {
  const at = place(account, task);
  if (!draft) {
    localStorage.removeItem(at);
    return;
  }
  try {
    localStorage.setItem(at, JSON.stringify(draft));
  } catch {
    // The device is full: what is on the screen is there as long as the page is.
  }
}

export function findDraft(account: string, task: string): Draft | undefined {
  const kept = localStorage.getItem(place(account, task));
  return kept === null ? undefined : JSON.parse(kept);
}

export function dropOldDrafts(now: number): void {
  for (const at of Object.keys(localStorage).filter((one) => one.startsWith(DRAFT)))
    if (JSON.parse(localStorage.getItem(at) ?? "{}").at < now - KEPT_FOR) localStorage.removeItem(at);
}
