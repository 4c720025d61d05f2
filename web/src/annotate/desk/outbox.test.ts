import "fake-indexeddb/auto";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { Problem, Unreachable } from "@/api/client";
import type { Task } from "../task";
import { type Carry, Outbox } from "./outbox";
import { dropOldDrafts, type Entry, findDraft, keepDraft, openStore, type Store } from "./store";

let store: Store;
let number = 0;

beforeEach(async () => {
  store = await openStore(`test-${number++}`);
});

function entry(id: string, order: number, due = 0): Entry {
  const task = { task: `task-${id}`, assignment: id } as Task;
  return { id, account: "ada", order, path: "/api/v1/work/submit", body: { value: id }, task, due };
}

function outbox(carry: Carry, account = "ada") {
  const sent: string[] = [];
  const refused: string[] = [];
  const box = new Outbox(store, account, carry, {
    sent: (one) => sent.push(one.id),
    refused: (one) => refused.push(one.id),
    changed: () => undefined,
  });
  return { box, sent, refused };
}

describe("the outbox", () => {
  it("sends in the order in which it was answered, each once", async () => {
    const carried: string[] = [];
    const { box, sent } = outbox(async (one) => carried.push(one.id));
    box.add(entry("b", 2));
    box.add(entry("a", 1));
    await Promise.all([box.flush(), box.flush()]);
    await vi.waitFor(() => expect(sent).toEqual(["a", "b"]));
    expect(carried).toEqual(["a", "b"]);
    expect(await store.getAll("outbox")).toEqual([]);
  });

  it("keeps what the network did not carry, and a later visit sends it with the same key", async () => {
    const first = outbox(() => Promise.reject(new Unreachable("cut")));
    first.box.add(entry("a", 1));
    await first.box.flush();
    first.box.stop();
    expect(first.box.hindrance).toBe("offline");
    expect(first.box.waiting.map((one) => one.id)).toEqual(["a"]);
    const second = outbox(async () => undefined);
    await second.box.load();
    await second.box.flush();
    expect(second.sent).toEqual(["a"]);
  });

  it("never sends what is another account's", async () => {
    const first = outbox(() => Promise.reject(new Unreachable("cut")));
    first.box.add(entry("a", 1));
    await first.box.flush();
    first.box.stop();
    const other = outbox(async () => undefined, "ben");
    await other.box.load();
    await other.box.flush();
    expect(other.sent).toEqual([]);
  });

  it("gives back what is not due yet, and not what is on its way", async () => {
    let arrive: (() => void) | null = null;
    const { box, sent } = outbox(
      () =>
        new Promise<void>((done) => {
          arrive = done;
        }),
    );
    box.add(entry("held", 1, Date.now() + 60_000));
    expect(box.take("held")).toBe(true);
    box.add(entry("flying", 2));
    const flushed = box.flush();
    await vi.waitFor(() => expect(arrive).not.toBeNull());
    expect(box.take("flying")).toBe(false);
    (arrive as (() => void) | null)?.();
    await flushed;
    expect(sent).toEqual(["flying"]);
  });

  it("lets go at once what is released", async () => {
    const { box, sent } = outbox(async () => undefined);
    box.add(entry("a", 1, Date.now() + 60_000));
    box.release("a");
    await vi.waitFor(() => expect(sent).toEqual(["a"]));
  });

  it("keeps what was refused to be seen, and goes on with the next", async () => {
    const ended = new Problem(409, { type: "https://x/problems/lease-ended", detail: "The lease ran out." });
    const { box, sent, refused } = outbox((one) =>
      one.id === "late" ? Promise.reject(ended) : Promise.resolve(),
    );
    box.add(entry("late", 1));
    box.add(entry("next", 2));
    await box.flush();
    await vi.waitFor(() => expect(sent).toEqual(["next"]));
    expect(refused).toEqual(["late"]);
    expect(box.refused[0]?.refused).toMatchObject({ status: 409, type: "lease-ended" });
  });

  it.each([500, 503, 429, 401])("waits when the server says %i", async (status) => {
    const { box, refused } = outbox(() => Promise.reject(new Problem(status, {})));
    box.add(entry("a", 1));
    await box.flush();
    box.stop();
    expect(refused).toEqual([]);
    expect(box.waiting).toHaveLength(1);
  });
});

describe("drafts", () => {
  const draft = { value: ["x"], comment: "hm", at: 1 };

  it("belong to one account and one task, and are there before anything else happens", () => {
    keepDraft("ada", "t", draft);
    expect(findDraft("ada", "t")).toEqual(draft);
    expect(findDraft("ben", "t")).toBeUndefined();
    keepDraft("ada", "t", null);
    expect(findDraft("ada", "t")).toBeUndefined();
  });

  it("are forgotten when they are old, and nothing else is", () => {
    localStorage.setItem("quorate.language", "de");
    keepDraft("ada", "old", draft);
    keepDraft("ada", "new", { ...draft, at: Date.now() });
    dropOldDrafts(Date.now());
    expect(findDraft("ada", "old")).toBeUndefined();
    expect(findDraft("ada", "new")).toBeDefined();
    expect(localStorage.getItem("quorate.language")).toBe("de");
  });
});
