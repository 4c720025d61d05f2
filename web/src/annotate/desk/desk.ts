// The desk: the task in hand, the ones ahead, and the answers on their way. It knows the server, and nothing of screens.
import { newKey, type Problem, serverNow, Unreachable } from "@/api/client";
import type { Task } from "../task";
import { Drafting } from "./drafting";
import { ACTIVE_FOR, dueForMore, ranOut, Stopwatch } from "./leases";
import { Outbox } from "./outbox";
import { type DeskState, type Done, NOTHING, type Said, type Setting, type Turn } from "./state";
import { type Draft, dropOldDrafts, type Entry, findDraft, keepDraft } from "./store";

/** Tasks that are kept ready behind the one in hand. */
export const AHEAD = 2;
/** How long an answer can be taken back before it is sent (ms). */
export const HELD_BACK = 5_000;
const LOOK_AGAIN = 30_000;
const TICK = 15_000;
const UNDOABLE = 20;

export class Desk {
  private state = NOTHING;
  private readonly listeners = new Set<() => void>();
  private readonly outbox: Outbox;
  private readonly watch = new Stopwatch();
  private done: Done[] = [];
  /** The answer that is to be taken back as soon as it has arrived. */
  private taking: string | undefined;
  private returned = new Map<string, Turn>();
  private claiming = false;
  private order = Date.now();
  private active = Date.now();
  private looking: ReturnType<typeof setTimeout> | undefined;
  private ticking: ReturnType<typeof setTimeout> | undefined;
  private readonly drafting: Drafting;
  private stopped = false;

  constructor(private readonly setting: Setting) {
    this.drafting = new Drafting(setting.account);
    this.outbox = new Outbox(setting.store, setting.account, (entry) => setting.wire.carry(entry), {
      sent: (entry, reply) => this.sent(entry, reply),
      refused: (entry) => this.refusedNow(entry),
      changed: () => this.tell(),
    });
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly snapshot = (): DeskState => this.state;

  async start(): Promise<void> {
    const { wire } = this.setting;
    dropOldDrafts(Date.now());
    await this.outbox.load();
    try {
      const kept = [...this.outbox.waiting, ...this.outbox.refused].filter((one) => !isFlag(one));
      const answered = new Set(kept.map((one) => one.task.task));
      const held = (await wire.held()).filter((task) => !answered.has(task.task));
      await this.take(held);
    } catch (error) {
      if (!this.stopped) this.set({ phase: "failed", error: error as Error });
      return;
    }
    await this.refill();
    this.keepTicking();
  }

  /** Leave: what was not begun is given back, what waits is sent. */
  stop(): void {
    this.stopped = true;
    clearTimeout(this.looking);
    clearTimeout(this.ticking);
    this.drafting.keepNow();
    this.outbox.stop();
    const begun = this.drafted();
    const idle = [this.state.current?.task, ...this.state.ahead].filter((task) => task !== undefined);
    this.setting.wire.leave(
      idle.filter((task) => task !== begun && !this.revising(task)).map((task) => task.assignment),
      this.outbox.waiting,
    );
  }

  /** Answer the task in hand: the next one is there when this returns. `written` is the answer as the editor has it. */
  submit(value: unknown, written: Said): void {
    const turn = this.state.current;
    if (!turn) return;
    const comment = written.comment.trim() || undefined;
    const said = { value, comment, confidence: written.sure, seconds: this.seconds() };
    const draft = { ...written, at: Date.now() };
    if (turn.revises) this.send(turn, "/api/v1/work/revise", { annotation: turn.revises, ...said }, draft);
    else this.send(turn, "/api/v1/work/submit", { assignment: turn.task.assignment, ...said }, draft);
  }

  skip(reason: string): void {
    const turn = this.state.current;
    if (!turn) return;
    if (turn.revises) this.next();
    else this.send(turn, "/api/v1/work/skip", { assignment: turn.task.assignment, reason }, this.draftNow());
  }

  /** Say that something is wrong with the task, and go on with it. */
  flag(reason: string): void {
    const task = this.state.current?.task;
    if (task)
      this.outbox.add(this.entry(task, "/api/v1/work/flag", { assignment: task.assignment, reason }, 0));
  }

  /** Take the last answer back: at once while it is held back, as a revision when it was sent or as soon as it is. */
  undo(): void {
    const last = this.done.at(-1);
    if (!last) return;
    const local = this.outbox.take(last.entry.id);
    this.taking = local || last.annotation ? undefined : last.entry.id;
    if (this.taking) return;
    this.done.pop();
    this.setAside();
    const revises = local ? undefined : last.annotation;
    this.show({ task: last.entry.task, draft: last.draft, revises });
  }

  /** Keep what has been answered so far; written when the person pauses. */
  draft(written: Said): void {
    const turn = this.state.current;
    if (!turn) return;
    this.touch();
    this.drafting.keep(turn.task.task, { ...written, at: Date.now() });
  }

  /** The person has seen what became of a refused answer. */
  dismiss(id: string): void {
    this.outbox.take(id);
  }

  /** The person is at work. */
  touch(): void {
    const idle = Date.now() - this.active > ACTIVE_FOR;
    this.active = Date.now();
    if (idle) this.tick();
  }

  /** Looking at the page, or not. */
  look(visible: boolean): void {
    if (visible) {
      this.watch.start();
      this.touch();
    } else {
      this.watch.pause();
      this.drafting.keepNow();
    }
  }

  /** There may be tasks where there were none. */
  news(): void {
    if (this.state.current || this.state.phase !== "empty") return;
    // Whoever waits hears of it at the same moment, and need not ask at the same moment.
    clearTimeout(this.looking);
    this.looking = setTimeout(() => void this.refill(), Math.random() * 1_000);
  }

  /** The network is back, or the person asks. */
  async again(): Promise<void> {
    this.outbox.wake();
    if (this.state.phase === "failed" && !this.ticking) await this.start();
    else await this.refill();
  }

  private send(turn: Turn, path: Entry["path"], body: Record<string, unknown>, draft: Draft | null): void {
    // The one before can no longer be taken back for nothing, so let it go.
    this.outbox.release(this.done.at(-1)?.entry.id);
    const entry = this.entry(turn.task, path, body, Date.now() + HELD_BACK);
    this.done = [...this.done.slice(-UNDOABLE), { entry, draft }];
    this.drafting.drop(turn.task.task);
    this.next();
    this.outbox.add(entry);
    void this.refill();
  }

  private entry(task: Task, path: Entry["path"], body: Record<string, unknown>, due: number): Entry {
    this.order = Math.max(this.order + 1, Date.now());
    return { id: newKey(), account: this.setting.account, order: this.order, path, body, task, due };
  }

  private next(): void {
    const [task, ...ahead] = this.state.ahead;
    this.set({ ahead, phase: task ? "working" : this.state.phase });
    if (task) this.show(this.returned.get(task.task) ?? { task, draft: null });
    else this.set({ current: null, late: false, phase: this.state.hindrance ? "empty" : "starting" });
  }

  private show(turn: Turn): void {
    this.returned.delete(turn.task.task);
    this.watch.restart();
    this.set({ current: turn, phase: "working", turns: this.state.turns + 1, late: false });
  }

  /** Put the task in hand back to the front of the ones ahead, with what has been answered. */
  private setAside(): void {
    const turn = this.state.current;
    if (!turn) return;
    this.returned.set(turn.task.task, { ...turn, draft: this.draftNow() });
    this.drafting.keepNow();
    this.set({ ahead: [turn.task, ...this.state.ahead], current: null });
  }

  /** How many more tasks are wanted. */
  private get room(): number {
    return AHEAD + (this.state.current ? 0 : 1) - this.state.ahead.length;
  }

  private async refill(): Promise<void> {
    if (this.claiming || this.stopped) return;
    this.claiming = true;
    try {
      // What was answered while a claim was on its way is made up for, as long as there is something to have.
      for (let more = true; more && this.room > 0 && !this.stopped; )
        more = await this.take(await this.setting.wire.claim(this.room));
      if (!this.stopped && !this.state.current) this.set({ phase: "empty", error: null });
    } catch (error) {
      if (!this.stopped && !this.state.current) this.ranDry(error as Problem);
    } finally {
      this.claiming = false;
    }
    if (!this.stopped && !this.state.current) this.later();
  }

  private ranDry(error: Error): void {
    const waits = error instanceof Unreachable && this.state.turns > 0;
    this.set({ phase: waits || this.state.turns > 0 ? "empty" : "failed", error });
  }

  private later(): void {
    clearTimeout(this.looking);
    this.looking = setTimeout(() => void this.refill(), LOOK_AGAIN);
  }

  /** Whether any of them was new. */
  private async take(tasks: readonly Task[]): Promise<boolean> {
    const known = new Set([this.state.current?.task.task, ...this.state.ahead.map((task) => task.task)]);
    const { account, prepare } = this.setting;
    const fresh = tasks.filter((task) => !known.has(task.task));
    for (const task of tasks) if (known.has(task.task)) this.renew(task);
    for (const task of fresh) {
      await prepare(task);
      const draft = findDraft(account, task.task);
      if (draft) this.returned.set(task.task, { task, draft });
      if (this.stopped) return false;
      if (this.state.current) this.set({ ahead: [...this.state.ahead, task] });
      else this.show(this.returned.get(task.task) ?? { task, draft: null });
    }
    return fresh.length > 0;
  }

  /** A task that is here came again, since its lease had run out: it is held by the new one. */
  private renew(task: Task): void {
    const { current, ahead } = this.state;
    const mine = current?.task.task === task.task;
    this.set({
      current: mine ? { ...current, task } : current,
      ahead: ahead.map((one) => (one.task === task.task ? task : one)),
      late: this.state.late && !mine,
    });
  }

  private sent(entry: Entry, reply: unknown): void {
    const annotation = (reply as { annotation?: string } | undefined)?.annotation;
    const done = this.done.find((one) => one.entry.id === entry.id);
    if (done) done.annotation = annotation;
    if (annotation && done === this.done.at(-1) && this.taking === entry.id) this.undo();
    this.setting.sent?.(entry, reply);
    if (this.state.phase !== "working") void this.refill();
  }

  /** What can be mended comes back as the next task; the rest is kept to be seen. */
  private refusedNow(entry: Entry): void {
    if (isFlag(entry)) {
      this.dismiss(entry.id);
      return;
    }
    const draft = this.done.find((one) => one.entry.id === entry.id)?.draft ?? null;
    this.done = this.done.filter((one) => one.entry.id !== entry.id);
    if (entry.refused?.status !== 422 || !draft) return;
    this.outbox.take(entry.id);
    const { detail: said } = entry.refused;
    const revises = entry.path.endsWith("revise") ? String(entry.body.annotation) : undefined;
    const turn = { task: entry.task, draft, said, revises };
    keepDraft(this.setting.account, entry.task.task, draft);
    if (!this.state.current) this.show(turn);
    else {
      this.returned.set(entry.task.task, turn);
      this.set({ ahead: [entry.task, ...this.state.ahead] });
    }
  }

  /** Tick some times in the shortest lease. */
  private keepTicking(): void {
    if (this.stopped) return;
    const pauses = this.held().map((task) => this.setting.minutes(task) * 10_000);
    this.ticking = setTimeout(
      () => {
        this.tick();
        this.keepTicking();
      },
      Math.max(Math.min(TICK, ...pauses), 500),
    );
  }

  private held(): Task[] {
    const { current, ahead } = this.state;
    return [...(current ? [current.task] : []), ...ahead].filter((task) => !this.revising(task));
  }

  /** Hold on to the leases while somebody works, and drop those that ran out meanwhile. */
  private tick(): void {
    const now = serverNow();
    const { current, ahead } = this.state;
    const tasks = this.held();
    if (Date.now() - this.active < ACTIVE_FOR)
      for (const [project, due] of dueForMore(tasks, now, this.setting.minutes))
        void this.extend(project, due);
    const lost = ranOut(tasks, now);
    if (lost.length === 0) return;
    this.set({
      ahead: ahead.filter((task) => !lost.includes(task)),
      late: current !== null && lost.includes(current.task),
    });
    void this.refill();
  }

  private async extend(project: string, assignments: string[]): Promise<void> {
    const until = await this.setting.wire.extend(project, assignments).catch(() => null);
    if (!until) return;
    const renewed = (task: Task): Task => {
      if (!assignments.includes(task.assignment)) return task;
      return { ...task, expires_at: until[task.assignment] ?? new Date(0).toISOString() };
    };
    const { current, ahead } = this.state;
    const next = ahead.map(renewed).filter((task) => Date.parse(task.expires_at) > 0);
    const task = current && renewed(current.task);
    const late = task !== null && Date.parse(task.expires_at) <= serverNow();
    this.set({ ahead: next, current: current && task && { ...current, task }, late });
    void this.refill();
  }

  private revising(task: Task): boolean {
    const turn = this.state.current?.task === task ? this.state.current : this.returned.get(task.task);
    return turn?.revises !== undefined;
  }

  private drafted(): Task | undefined {
    const { current } = this.state;
    return current && this.draftNow() ? current.task : undefined;
  }

  private draftNow(): Draft | null {
    const turn = this.state.current;
    if (!turn) return null;
    return this.drafting.of(turn.task.task) ?? turn.draft;
  }

  private seconds(): number {
    return Math.min(Math.round(this.watch.read() / 10) / 100, 86_400);
  }

  private set(change: Partial<DeskState>): void {
    this.state = { ...this.state, ...change };
    this.tell();
  }

  private tell(): void {
    const { waiting, refused, hindrance } = this.outbox;
    this.state = {
      ...this.state,
      unsent: waiting.length,
      refused,
      hindrance,
      canUndo: this.done.length > 0,
    };
    for (const listener of this.listeners) listener();
  }
}

function isFlag(entry: Entry): boolean {
  return entry.path.endsWith("flag");
}
