// What is being answered, written down whenever the person pauses.
import { type Draft, keepDraft } from "./store";

const PAUSE = 300;

export class Drafting {
  private pending: { task: string; draft: Draft; timer: ReturnType<typeof setTimeout> } | null = null;

  constructor(private readonly account: string) {}

  /** The answer to this task so far. */
  keep(task: string, draft: Draft): void {
    if (this.pending) clearTimeout(this.pending.timer);
    this.pending = { task, draft, timer: setTimeout(() => this.keepNow(), PAUSE) };
  }

  keepNow(): void {
    if (!this.pending) return;
    clearTimeout(this.pending.timer);
    keepDraft(this.account, this.pending.task, this.pending.draft);
  }

  /** What was last answered to this task here, if anything. */
  of(task: string): Draft | null {
    return this.pending?.task === task ? this.pending.draft : null;
  }

  /** The task is answered: nothing of it is to be found again. */
  drop(task: string): void {
    if (this.pending) clearTimeout(this.pending.timer);
    this.pending = null;
    keepDraft(this.account, task, null);
  }
}
