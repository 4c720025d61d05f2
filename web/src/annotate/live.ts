// What happened since: the server says what to ask for again, over one stream for each desk.
import { useEffect, useRef } from "react";

/** What a message is about: `tasks`, `guide`, `feedback`; `hello` and `reset` say that anything may have changed. */
type Topic = "tasks" | "guide" | "feedback" | "hello" | "reset";
const TOPICS: readonly Topic[] = ["tasks", "guide", "feedback", "hello", "reset"];

/** Hear of news while the screen is open. The browser connects again by itself, and is told what it missed. */
export function useLive(heard: (topic: Topic, project?: string) => void, enabled: boolean): void {
  const latest = useRef(heard);
  latest.current = heard;
  useEffect(() => {
    if (!enabled) return;
    const source = new EventSource("/api/v1/work/live");
    for (const topic of TOPICS)
      source.addEventListener(topic, (event) => {
        const { project } = JSON.parse(event.data) as { project?: string };
        latest.current(topic, project);
      });
    return () => source.close();
  }, [enabled]);
}
