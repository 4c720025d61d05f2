// What was expected where one's answers were compared: asked for after each answer that arrived, shown once.
import { useCallback, useRef, useState } from "react";
import { api, ask, type Shapes } from "@/api/client";

export type Told = Shapes["Told"];

/** The latest that one has not been told yet, and how to ask for more. */
export function useFeedback(account: string): { told: Told | null; look: () => void; close: () => void } {
  const [told, setTold] = useState<Told | null>(null);
  /** Whether it is being asked for; `again`: and something arrived meanwhile. */
  const asking = useRef<"no" | "yes" | "again">("no");
  const place = `quorate.feedback:${account}`;
  const look = useCallback(() => {
    if (asking.current !== "no") {
      asking.current = "again";
      return;
    }
    asking.current = "yes";
    const after = localStorage.getItem(place) ?? undefined;
    ask(api.GET("/api/v1/work/feedback", { params: { query: { after, limit: after ? 20 : 1 } } }))
      .then(({ feedback, next }) => {
        if (next) localStorage.setItem(place, next);
        // Somebody who is here for the first time on this device is not told of the past.
        const news = after
          ? feedback
          : feedback.filter((one) => Date.now() - Date.parse(one.told_at) < 60_000);
        const best = news.find((one) => one.right === false) ?? news[0];
        if (best) setTold(best);
      })
      // Feedback is a kindness: that it cannot be had now is no fault of the work.
      .catch(() => undefined)
      .finally(() => {
        const again = asking.current === "again";
        asking.current = "no";
        if (again) look();
      });
  }, [place]);
  return { told, look, close: useCallback(() => setTold(null), []) };
}
