// What one was told and has not said to have read: a message, a pause and its end, what to read first, a break proposed.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, ask, type Shapes } from "@/api/client";

export type Notice = Shapes["Notice"];

const KEY = ["notices"];
const OFTEN = 60_000;

/** The oldest that was said, how many more there are, how one seems if a break is proposed; and how to put it away. */
export function useTold(): {
  said: Notice | undefined;
  more: number;
  rest: "long" | "tired" | undefined;
  read: (of: "said" | "rest") => Promise<unknown>;
} {
  const queries = useQueryClient();
  const { data = [] } = useQuery({
    queryKey: KEY,
    queryFn: () => ask(api.GET("/api/v1/notices")),
    refetchInterval: OFTEN,
    retry: false,
  });
  const rests = data.filter(({ kind }) => kind === "rest");
  const said = data.filter(({ kind }) => kind !== "rest");
  const last = rests.at(-1);
  const read = useMutation({
    mutationFn: (notice: string) =>
      ask(
        api.POST("/api/v1/notices/{notice}/acknowledge", {
          params: { path: { notice } },
          keepalive: true, // it was read, though the page is left in the same moment
        }),
      ),
    onMutate: async (notice) => {
      // What is on its way was asked for before, and would bring it back.
      await queries.cancelQueries({ queryKey: KEY });
      queries.setQueryData<Notice[]>(KEY, (kept) => kept?.filter(({ id }) => id !== notice));
    },
    onError: () => queries.invalidateQueries({ queryKey: KEY }),
  });
  return {
    said: said[0],
    more: said.length - 1,
    rest: last && (last.text === "long" ? "long" : "tired"),
    read: (of) =>
      Promise.all((of === "rest" ? rests : said.slice(0, 1)).map(({ id }) => read.mutateAsync(id))),
  };
}
