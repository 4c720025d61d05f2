// The desk on a screen: one for each person and browser. A second tab says so, and can take it over.
import { useEffect, useState, useSyncExternalStore } from "react";
import { queries } from "@/api/queries";
import { guideOf, haveGuide } from "../guide";
import { prefetch } from "../item/media";
import { haveKind } from "../kinds/registry";
import type { Guide, Task } from "../task";
import { Desk } from "./desk";
import type { DeskState, Setting } from "./state";
import { openStore } from "./store";
import { wire } from "./wire";

const STARTING = new Desk({} as Setting);
const MINUTES = 15;

async function prepare(task: Task): Promise<void> {
  prefetch(task);
  await Promise.all([haveGuide(task), haveKind(task.kind)]);
}

function minutes(task: Task): number {
  return queries.getQueryData<Guide>(guideOf(task.project).queryKey)?.terms.lease_minutes ?? MINUTES;
}

/** Until `stop` is called, or another tab takes over; `elsewhere` is called when one has the desk. */
function alone(
  name: string,
  steal: boolean,
  elsewhere: () => void,
): { begin: Promise<boolean>; stop: () => void } {
  if (!navigator.locks) return { begin: Promise.resolve(true), stop: () => undefined };
  let stop: () => void = () => undefined;
  const begin = new Promise<boolean>((begun) => {
    const hold = (lock: Lock | null) => {
      begun(lock !== null);
      if (!lock) return elsewhere();
      return new Promise<void>((done) => {
        stop = done;
      });
    };
    navigator.locks.request(name, steal ? { steal } : { ifAvailable: true }, hold).catch(elsewhere);
  });
  return { begin, stop: () => stop() };
}

export interface AtDesk {
  desk: Desk;
  state: DeskState;
  /** Another tab works. */
  elsewhere: boolean;
  takeOver: () => void;
}

export function useDesk(account: string, sent: Setting["sent"]): AtDesk {
  const [desk, setDesk] = useState(STARTING);
  const [elsewhere, setElsewhere] = useState(false);
  const [taking, setTaking] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is told is told by the latest screen
  useEffect(() => {
    let mine: Desk | null = null;
    let gone = false;
    const leave = () => mine?.stop();
    const lock = alone(`quorate.desk:${account}`, taking > 0, () => {
      leave();
      mine = null;
      setElsewhere(true);
    });
    const begin = async () => {
      if (!(await lock.begin) || gone) return;
      const store = await openStore();
      if (gone) return;
      mine = new Desk({ account, store, wire, prepare, minutes, sent });
      setElsewhere(false);
      setDesk(mine);
      await mine.start();
    };
    void begin();
    const back = (event: PageTransitionEvent) => {
      if (event.persisted) setTaking((n) => n + 1);
    };
    const awake = () => void mine?.again();
    const look = () => mine?.look(document.visibilityState === "visible");
    const touch = () => mine?.touch();
    const listeners: [EventTarget, string, EventListener][] = [
      [window, "pagehide", leave],
      [window, "pageshow", back as EventListener],
      [window, "online", awake],
      [document, "visibilitychange", look],
      ...["pointerdown", "keydown", "wheel"].map((name): [EventTarget, string, EventListener] => [
        document,
        name,
        touch,
      ]),
    ];
    for (const [target, name, listener] of listeners)
      target.addEventListener(name, listener, { passive: true });
    return () => {
      gone = true;
      for (const [target, name, listener] of listeners) target.removeEventListener(name, listener);
      leave();
      lock.stop();
    };
  }, [account, taking]);
  const state = useSyncExternalStore(desk.subscribe, desk.snapshot);
  return { desk, state, elsewhere, takeOver: () => setTaking((n) => n + 1) };
}
