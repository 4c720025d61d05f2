// What a desk tells of itself, and what it is set up with.
import type { Task } from "../task";
import type { Outbox } from "./outbox";
import type { Draft, Entry, Store } from "./store";
import type { Wire } from "./wire";

/** A task with what has been answered so far. */
export interface Turn {
  readonly task: Task;
  readonly draft: Draft | null;
  /** The annotation that this answer would replace. */
  readonly revises?: string;
  /** Why the server sent it back. */
  readonly said?: string;
}

/** An answer as it was written. */
export type Said = Omit<Draft, "at">;

/** What was done last, in order to be taken back. */
export interface Done {
  readonly entry: Entry;
  readonly draft: Draft | null;
  annotation?: string;
}

export interface DeskState {
  readonly phase: "starting" | "working" | "empty" | "failed" | "elsewhere";
  readonly current: Turn | null;
  readonly ahead: readonly Task[];
  readonly unsent: number;
  readonly hindrance: Outbox["hindrance"];
  /** Answers that the server would not have, to be seen. */
  readonly refused: readonly Entry[];
  readonly error: Error | null;
  readonly canUndo: boolean;
  /** The lease of the task in hand has run out. */
  readonly late: boolean;
  /** Goes up with every task that is shown. */
  readonly turns: number;
}

export const NOTHING: DeskState = {
  phase: "starting",
  current: null,
  ahead: [],
  unsent: 0,
  hindrance: null,
  refused: [],
  error: null,
  canUndo: false,
  late: false,
  turns: 0,
};

export interface Setting {
  account: string;
  store: Store;
  wire: Wire;
  /** Have all that is needed to show a task, before it counts as ready. */
  prepare: (task: Task) => Promise<unknown>;
  minutes: (task: Task) => number;
  sent?: (entry: Entry, reply: unknown) => void;
}
