// /work: one task fills the screen. The desk has the tasks; this shows the one in hand and takes the answer.
import { useSuspenseQuery } from "@tanstack/react-query";
import { useLayoutEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { me, queries } from "@/api/queries";
import type { DeskState } from "./desk/state";
import { useDesk } from "./desk/use_desk";
import { useFeedback } from "./feedback";
import { Head } from "./head";
import { useLive } from "./live";
import { Elsewhere, NoMore, Starting } from "./states";
import { countOne, today } from "./today";
import { TurnView } from "./turn";
import classes from "./work.module.css";

export function Work() {
  useTranslation("annotate");
  const { data: person } = useSuspenseQuery(me);
  const feedback = useFeedback(person.id);
  const { look } = feedback;
  const looking = useRef<ReturnType<typeof setTimeout>>(undefined);
  const { desk, state, elsewhere, takeOver } = useDesk(person.id, (entry) => {
    if (entry.path.endsWith("submit")) countOne();
    clearTimeout(looking.current);
    looking.current = setTimeout(() => {
      look();
      void queries.invalidateQueries(today);
    }, 400);
  });
  useLive((topic, project) => {
    if (topic === "guide") void queries.invalidateQueries({ queryKey: ["guide", project] });
    else if (topic === "feedback") look();
    else desk.news();
  }, !elsewhere);
  const turn = state.current;
  usePaintMeasure(turn ? state.turns : state.phase);
  return (
    <div className={classes.work}>
      <Head state={state} />
      {elsewhere ? (
        <Elsewhere onTake={takeOver} />
      ) : turn ? (
        <TurnView desk={desk} state={state} turn={turn} feedback={feedback} />
      ) : state.phase === "starting" ? (
        <Starting />
      ) : (
        <NoMore desk={desk} state={state} />
      )}
    </div>
  );
}

/** From pressing submit to the next task on the glass (or the word that there is none), as `submit-to-paint`. */
function usePaintMeasure(shown: number | DeskState["phase"]): void {
  useLayoutEffect(() => {
    if (shown === "starting") return; // the next one is still on its way, and that counts
    if (performance.getEntriesByName("submit", "mark").length === 0) return;
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => {
        if (performance.getEntriesByName("submit", "mark").length > 0)
          performance.measure("submit-to-paint", "submit");
        performance.clearMarks("submit");
      };
      channel.port2.postMessage(null);
    });
  }, [shown]);
}
