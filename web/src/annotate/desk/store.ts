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
  drafts: { key: string; value: Draft };
}

export type Store = IDBPDatabase<Tables>;

const KEPT_FOR = 14 * 24 * 3_600_000;

export function openStore(name = "quorate"): Promise<Store> {
  return openDB<Tables>(name, 1, {
    upgrade(db) {
      db.createObjectStore("outbox", { keyPath: "id" });
      db.createObjectStore("drafts");
    },
  });
}

/** Change a table; committed at once, so that it is kept though the page is left in the same moment. */
export async function write<Name extends "outbox" | "drafts">(
  store: Store,
  name: Name,
  change: (table: IDBPObjectStore<Tables, [Name], Name, "readwrite">) => Promise<unknown>,
): Promise<void> {
  const transaction = store.transaction(name, "readwrite");
  const changed = change(transaction.store);
  transaction.commit();
  await Promise.all([changed, transaction.done]);
}

/** A draft belongs to an account and a task, whichever lease it was begun under. */
function place(account: string, task: string): string {
  return `${account}:${task}`;
}

export async function keepDraft(
  store: Store,
  account: string,
  task: string,
  draft: Draft | null,
): Promise<void> {
  const at = place(account, task);
  await write(store, "drafts", (drafts) => (draft ? drafts.put(draft, at) : drafts.delete(at)));
}

export function findDraft(store: Store, account: string, task: string): Promise<Draft | undefined> {
  return store.get("drafts", place(account, task));
}

export async function dropOldDrafts(store: Store, now: number): Promise<void> {
  let cursor = await store.transaction("drafts", "readwrite").store.openCursor();
  while (cursor) {
    if (cursor.value.at < now - KEPT_FOR) await cursor.delete();
    cursor = await cursor.continue();
  }
}
