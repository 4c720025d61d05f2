// A break that the server proposes; one may go on.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, ask } from "@/api/client";

const KEY = ["notices"];
const OFTEN = 60_000;

/** How one seems, and the way to say that it was read; undefined when no break is proposed. */
export function useRest(): { says: "long" | "tired"; dismiss: () => void } | undefined {
  const queries = useQueryClient();
  const { data } = useQuery({
    queryKey: KEY,
    queryFn: () => ask(api.GET("/api/v1/notices")),
    refetchInterval: OFTEN,
    retry: false,
  });
  const rests = data?.filter(({ kind }) => kind === "rest") ?? [];
  const read = useMutation({
    mutationFn: (notice: string) =>
      ask(api.POST("/api/v1/notices/{notice}/acknowledge", { params: { path: { notice } } })),
    onMutate: (notice) =>
      queries.setQueryData(KEY, (kept: typeof data) => kept?.filter(({ id }) => id !== notice)),
  });
  const last = rests.at(-1);
  if (!last) return undefined;
  return {
    says: last.text === "long" ? "long" : "tired",
    dismiss: () => {
      for (const { id } of rests) read.mutate(id);
    },
  };
}
