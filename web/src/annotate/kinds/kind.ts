// The one interface of all kinds of label.
import type { ComponentType } from "react";
import type { Item, Question } from "../task";

/** What is in focus while answering: a class (hovered, chosen, armed) and, where there are several, one mark. */
export interface Focus {
  readonly label: string | null;
  readonly mark: number | null;
  /** A class that was just chosen with the pointer, for what is selected on the item. */
  readonly apply?: string;
}

export interface Props<V> {
  readonly question: Question;
  readonly item: Item;
  readonly value: V;
  readonly onChange: (value: V) => void;
  readonly focus: Focus;
  readonly onFocus: (focus: Partial<Focus>) => void;
}

export interface ShowProps<V> {
  readonly question: Question;
  readonly value: V;
  /** Where the answer speaks of places in it. */
  readonly item?: Item;
}

/** What is missing, as a name among the words, and what stands in them. */
export interface Complaint {
  readonly says: string;
  readonly with?: Record<string, string | number>;
}

export interface Kind<V> {
  /** Where the answer is given. */
  readonly Editor: ComponentType<Props<V>>;
  /** The answer, to be read only. */
  readonly View: ComponentType<ShowProps<V>>;
  /** What is given on the item itself: it takes the place of this part of the item. */
  readonly onItem?: {
    readonly part: (question: Question) => { field: string } | { medium: number };
    readonly Part: ComponentType<Props<V>>;
  };
  readonly empty: (question: Question) => V;
  /** Why it cannot be submitted yet. The server checks again. */
  readonly problem: (value: V, question: Question) => Complaint | null;
  /** As the server wants it. */
  readonly send?: (value: V, question: Question, item: Item) => unknown;
  /** From what the server has, or from a draft. */
  readonly receive?: (value: unknown, question: Question, item: Item) => V;
}
