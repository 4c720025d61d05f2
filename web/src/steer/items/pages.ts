// A list of any length, read in pages where it is looked at.
import {
  keepPreviousData,
  type QueryClient,
  queryOptions,
  useQueries,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { api, ask } from "@/api/client";
import type { Item, Page } from "../reads";

export const SIZE = 100;
/** More rows than a browser can make a page tall; who has more narrows the list by a filter. */
export const MOST = 1_000_000;

/** The filters, named as in the address and in the API. */
export interface Filters {
  state?: "waiting" | "open" | "contested" | "decided" | "retired";
  step?: string;
  class?: string;
  value?: string;
  min_confidence?: number;
  max_confidence?: number;
  kind?: "crowd" | "expert" | "model" | "gold" | "mapped";
  judgements?: number;
  decided_from?: string;
  decided_to?: string;
  finding?: string;
  case?: string;
  annotator?: string;
  said?: string;
  attribute?: string[];
  q?: string;
  sort?: string;
}

type Query = Record<string, unknown>;

function read(project: string, query: Query): Promise<Page> {
  return ask(
    api.GET("/api/v1/projects/{project}/items", {
      params: { path: { project }, query: { limit: SIZE, ...query } as never } as never,
    }),
  ) as Promise<Page>;
}

const keyOf = (project: string, filters: Filters, page: number) => [
  "project",
  project,
  "items",
  filters,
  page,
];

/** One page: by the cursor of a neighbour that is there, else by its share of the whole. */
function pageOf(queries: QueryClient, project: string, filters: Filters, page: number, total: number) {
  return queryOptions({
    queryKey: keyOf(project, filters, page),
    staleTime: 60_000,
    queryFn: async () => {
      const near = (at: number) => queries.getQueryData<Page>(keyOf(project, filters, at));
      // Of two pages that come into sight at once, the second goes on where the first ends: one jump, not two.
      const coming = queries.getQueryState(keyOf(project, filters, page - 1))?.fetchStatus === "fetching";
      if (coming && page > 1)
        await queries.fetchQuery(pageOf(queries, project, filters, page - 1, total)).catch(() => undefined);
      const [after, before] = [near(page - 1)?.next, near(page + 1)?.previous];
      if (page === 0) return read(project, { ...filters });
      if (after) return read(project, { ...filters, after });
      if (before) return read(project, { ...filters, before });
      return read(project, { ...filters, at: Math.min((page * SIZE) / total, 1) });
    },
  });
}

interface Rows {
  readonly total: number;
  readonly exact: boolean;
  readonly row: (index: number) => Item | undefined;
  readonly error: unknown;
  readonly loading: boolean;
  readonly again: () => void;
}

/** The rows between two positions, fetched as they are looked at. */
export function useRows(project: string, filters: Filters, first: number, last: number): Rows {
  const queries = useQueryClient();
  const begin = useQuery({ ...pageOf(queries, project, filters, 0, 1), placeholderData: keepPreviousData });
  const total = Math.min(begin.data?.total ?? 0, MOST);
  const [from, to] = [Math.floor(first / SIZE), Math.floor(Math.max(last, first) / SIZE)];
  const wanted =
    total > SIZE ? Array.from({ length: to - from + 1 }, (_, i) => from + i).filter((p) => p > 0) : [];
  const pages = useQueries({ queries: wanted.map((page) => pageOf(queries, project, filters, page, total)) });
  return {
    total,
    exact: begin.data?.exact ?? true,
    loading: begin.isPending,
    error: begin.error ?? pages.find((page) => page.error)?.error,
    again: () => void queries.invalidateQueries({ queryKey: ["project", project, "items"] }),
    row: (index) => {
      const page = Math.floor(index / SIZE);
      const found = page === 0 ? begin.data : pages[wanted.indexOf(page)]?.data;
      return found?.items[index % SIZE];
    },
  };
}
