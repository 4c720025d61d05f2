// How much somebody answered and earned today, as the server has it, and one more for each answer that arrives.
import { queryOptions } from "@tanstack/react-query";
import { api, ask } from "@/api/client";
import { queries } from "@/api/queries";

export const today = queryOptions({
  queryKey: ["today"],
  queryFn: () => {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    return ask(api.GET("/api/v1/work/today", { params: { query: { zone } } }));
  },
  staleTime: 60_000,
  retry: false,
});

/** An answer arrived: count it now, and ask what it comes to. */
export function countOne(): void {
  queries.setQueryData(
    today.queryKey,
    (known) => known && { ...known, answers_today: known.answers_today + 1 },
  );
}
