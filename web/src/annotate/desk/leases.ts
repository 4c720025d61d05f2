// How long tasks are held: longer while somebody works, given back when they leave.
import type { Task } from "../task";

/** Somebody who touched nothing for so long is not at work. */
export const ACTIVE_FOR = 3 * 60_000;

/** The leases that have less than half their time left, by project. */
export function dueForMore(
  tasks: readonly Task[],
  now: number,
  minutes: (task: Task) => number,
): Map<string, string[]> {
  const due = new Map<string, string[]>();
  for (const task of tasks) {
    const left = Date.parse(task.expires_at) - now;
    if (left > minutes(task) * 30_000) continue;
    due.set(task.project, [...(due.get(task.project) ?? []), task.assignment]);
  }
  return due;
}

/** The tasks whose time is over. */
export function ranOut(tasks: readonly Task[], now: number): Task[] {
  return tasks.filter((task) => Date.parse(task.expires_at) <= now);
}

/** The seconds that a page was looked at. */
export class Stopwatch {
  private total = 0;
  private since: number | null = null;

  constructor(private readonly now: () => number = () => performance.now()) {}

  start(): void {
    this.since ??= this.now();
  }

  pause(): void {
    this.total = this.read();
    this.since = null;
  }

  restart(): void {
    this.total = 0;
    this.since = this.now();
  }

  /** Milliseconds so far. */
  read(): number {
    return this.total + (this.since === null ? 0 : this.now() - this.since);
  }
}
