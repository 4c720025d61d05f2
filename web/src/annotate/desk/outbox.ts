// Answers on their way: kept on this device until the server has said yes or no, sent one after the other, each once.
import { Problem, Unreachable } from "@/api/client";
import { type Entry, type Store, write } from "./store";

/** How an entry is carried; throws `Problem` or `Unreachable`. */
export type Carry = (entry: Entry) => Promise<unknown>;

export interface Told {
  sent: (entry: Entry, reply: unknown) => void;
  refused: (entry: Entry) => void;
  changed: () => void;
}

const LOCK = "quorate.outbox";
const PAUSES = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000];

export class Outbox {
  private entries = new Map<string, Entry>();
  private flying: string | null = null;
  private writing: Promise<unknown> = Promise.resolve();
  private running: Promise<void> = Promise.resolve();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;
  private stopped = false;
  /** Why nothing goes out now; null while it does. */
  hindrance: "offline" | "signed out" | null = null;

  constructor(
    private readonly store: Store,
    private readonly account: string,
    private readonly carry: Carry,
    private readonly told: Told,
  ) {}

  /** Take up what an earlier visit left. */
  async load(): Promise<void> {
    for (const entry of await this.store.getAll("outbox"))
      if (entry.account === this.account) this.entries.set(entry.id, entry);
    this.told.changed();
    this.plan();
  }

  get waiting(): Entry[] {
    return this.sorted().filter((entry) => !entry.refused);
  }

  get refused(): Entry[] {
    return this.sorted().filter((entry) => entry.refused);
  }

  add(entry: Entry): void {
    this.keep(entry);
    this.plan();
  }

  /** Take an entry back; false when it is on its way or gone. */
  take(id: string): boolean {
    const entry = this.entries.get(id);
    if (!entry || this.flying === id) return false;
    this.drop(id);
    return true;
  }

  /** Let an entry go at once. */
  release(id: string | undefined): void {
    const entry = id ? this.entries.get(id) : undefined;
    if (!entry || entry.due === 0) return;
    this.keep({ ...entry, due: 0 });
    this.plan();
  }

  /** The network is back, or somebody signed in again: do not wait for the pause to end. */
  wake(): void {
    this.failures = 0;
    this.plan();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  /** Send what is due; only one tab at a time does, and each entry is read anew under the lock. */
  flush(): Promise<void> {
    this.running = this.running.then(() => this.run());
    return this.running;
  }

  private async run(): Promise<void> {
    await this.writing;
    await exclusively(LOCK, async () => {
      for (const { id } of this.waiting) {
        if (this.stopped) return;
        const entry = await this.store.get("outbox", id);
        if (!entry) this.entries.delete(id);
        else if (entry.due <= Date.now() && !(await this.sendOne(entry))) return;
      }
    });
    this.told.changed();
    this.plan();
  }

  private async sendOne(entry: Entry): Promise<boolean> {
    if (!this.entries.has(entry.id)) return true;
    this.flying = entry.id;
    try {
      const reply = await this.carry(entry);
      this.failures = 0;
      this.hindrance = null;
      this.drop(entry.id);
      this.told.sent(entry, reply);
      return true;
    } catch (error) {
      return this.failed(entry, error);
    } finally {
      this.flying = null;
      await this.writing;
    }
  }

  /** Whether to go on with the next one. */
  private failed(entry: Entry, error: unknown): boolean {
    if (error instanceof Problem && error.status < 500 && ![401, 408, 429].includes(error.status)) {
      const { status, type, message: detail } = error;
      this.keep({ ...entry, refused: { status, type: type.split("/").at(-1) ?? type, detail } });
      this.told.refused(this.entries.get(entry.id) as Entry);
      return true;
    }
    this.failures += 1;
    this.hindrance =
      error instanceof Problem && error.status === 401
        ? "signed out"
        : error instanceof Unreachable
          ? "offline"
          : this.hindrance;
    this.told.changed();
    this.plan();
    return false;
  }

  private plan(): void {
    clearTimeout(this.timer);
    const first = Math.min(...this.waiting.map((entry) => entry.due));
    if (this.stopped || first === Number.POSITIVE_INFINITY) return;
    const pause = this.failures ? (PAUSES[Math.min(this.failures, PAUSES.length) - 1] as number) : 0;
    this.timer = setTimeout(() => void this.flush(), Math.max(first - Date.now(), pause, 0));
  }

  private keep(entry: Entry): void {
    this.entries.set(entry.id, entry);
    this.write(() => write(this.store, (entries) => entries.put(entry)));
  }

  private drop(id: string): void {
    this.entries.delete(id);
    this.write(() => write(this.store, (entries) => entries.delete(id)));
  }

  private write(work: () => Promise<unknown>): void {
    this.writing = this.writing.then(work, work);
    this.told.changed();
  }

  private sorted(): Entry[] {
    return [...this.entries.values()].sort((a, b) => a.order - b.order);
  }
}

/** Run alone among the tabs of this browser. Where there are no locks (a plain-http host), keys still keep it once. */
async function exclusively(name: string, work: () => Promise<void>): Promise<void> {
  if (navigator.locks) await navigator.locks.request(name, work);
  else await work();
}
