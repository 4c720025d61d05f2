// What happens in a project, as it happens: what is on the screen is read again.
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

const PAUSE = 2_000;
/** What happened; and that anything may have, since the page was read before the stream was open. */
const VERBS = [
  "hello",
  "reset",
  "alert.fired",
  "alert.recovered",
  "annotation.submitted",
  "task.decided",
  "task.adjudicated",
  "case.opened",
  "decision.audited",
  "spec.published",
  "items.imported",
  "labels.exported",
  "invite.accepted",
  "role.granted",
  "role.withdrawn",
  "annotator.paused",
  "annotator.blocked",
  "annotator.resumed",
];

/** Read again, at most every two seconds, when the server says that something happened. */
export function useNews(project: string): void {
  const queries = useQueryClient();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const refresh = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        void queries.invalidateQueries({ queryKey: ["project", project] });
      }, PAUSE);
    };
    const source = new EventSource(`/api/v1/projects/${encodeURIComponent(project)}/live`);
    source.onmessage = refresh;
    for (const verb of VERBS) source.addEventListener(verb, refresh);
    return () => {
      source.close();
      clearTimeout(timer);
    };
  }, [project, queries]);
}
