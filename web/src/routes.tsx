// Every address there is. A screen is fetched when it is opened.
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import i18next from "i18next";
import { Problem } from "./api/client";
import { me, queries } from "./api/queries";
import { home } from "./shared/roles";
import { Shell } from "./shared/shell";
import { Failed, Loading } from "./shared/states";
import { type Title, useDocumentTitle } from "./shared/title";

/** What a screen of a folder says: its own words, and those of the parts it shows of an annotator's screen. */
const WORDS = {
  account: ["account"],
  annotate: ["annotate"],
  judge: ["judge", "annotate", "findings"],
  steer: ["steer", "annotate", "findings"],
} as const;

/**
 * A screen comes with all its words: a part that waited for its own would hide the whole screen meanwhile, and what
 * is typed just then would be lost.
 */
function screen<Module extends Record<string, unknown>, Name extends keyof Module & string>(
  load: () => Promise<Module>,
  name: Name,
  words: readonly string[],
) {
  return lazyRouteComponent(
    async () => (await Promise.all([load(), i18next.loadNamespaces(words)]))[0],
    name,
  );
}

const FINDING_STATES = ["unjudged", "open", "answered", "upheld", "dismissed"] as const;
type FindingState = (typeof FINDING_STATES)[number];

function Root() {
  useDocumentTitle();
  return <Outlet />;
}

const root = createRootRoute({ component: Root });

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  staticData: { title: "signIn" },
  validateSearch: (search: Record<string, unknown>) => ({
    to: typeof search.to === "string" ? search.to : undefined,
  }),
  component: screen(() => import("./account/sign_in"), "SignIn", WORDS.account),
});

const join = createRoute({
  getParentRoute: () => root,
  path: "/join/$secret",
  staticData: { title: "join" },
  component: screen(() => import("./account/join"), "Join", [...WORDS.account, "steer"]),
});

const inside = createRoute({
  getParentRoute: () => root,
  id: "inside",
  component: Shell,
  beforeLoad: async ({ location }) => {
    try {
      return { me: await queries.ensureQueryData(me) };
    } catch (error) {
      if (error instanceof Problem && error.status === 401) {
        throw redirect({ to: "/sign-in", search: { to: location.href } });
      }
      throw error;
    }
  },
});

const start = createRoute({
  getParentRoute: () => inside,
  path: "/",
  beforeLoad: ({ context }) => {
    throw redirect({ to: home(context.me) });
  },
});

const work = createRoute({
  getParentRoute: () => inside,
  path: "/work",
  staticData: { title: "work" },
  component: screen(() => import("./annotate/work"), "Work", WORDS.annotate),
});

const accessibility = createRoute({
  getParentRoute: () => inside,
  path: "/work/accessibility/$project",
  staticData: { title: "accessibility" },
  component: screen(() => import("./annotate/accessibility"), "Accessibility", WORDS.annotate),
});

const answers = createRoute({
  getParentRoute: () => inside,
  path: "/work/answers",
  staticData: { title: "answers" },
  component: screen(() => import("./annotate/answers"), "Answers", [...WORDS.annotate, "findings"]),
});

const earnings = createRoute({
  getParentRoute: () => inside,
  path: "/work/earnings",
  staticData: { title: "earnings" },
  component: screen(() => import("./annotate/earnings"), "Earnings", WORDS.annotate),
});

const training = createRoute({
  getParentRoute: () => inside,
  path: "/work/training/$project/$name",
  staticData: { title: "training" },
  component: screen(() => import("./annotate/trust/training"), "Training", WORDS.annotate),
});

const exam = createRoute({
  getParentRoute: () => inside,
  path: "/work/exam/$project/$name",
  staticData: { title: "exam" },
  component: screen(() => import("./annotate/trust/exam"), "Exam", WORDS.annotate),
});

const judge = createRoute({
  getParentRoute: () => inside,
  path: "/judge",
  staticData: { title: "judge" },
  validateSearch: (search: Record<string, unknown>): { project?: string; held?: string } => ({
    project: typeof search.project === "string" ? search.project : undefined,
    held: typeof search.held === "string" ? search.held : undefined,
  }),
  component: screen(() => import("./judge/judge"), "Judge", WORDS.judge),
});

const projects = createRoute({
  getParentRoute: () => inside,
  path: "/projects",
  staticData: { title: "projects" },
  component: screen(() => import("./steer/projects"), "Projects", WORDS.steer),
});

const account = createRoute({
  getParentRoute: () => inside,
  path: "/account",
  staticData: { title: "account" },
  component: screen(() => import("./account/account"), "Account", WORDS.account),
});

const people = createRoute({
  getParentRoute: () => inside,
  path: "/people",
  staticData: { title: "people" },
  component: screen(() => import("./account/people"), "People", WORDS.account),
});

const project = createRoute({
  getParentRoute: () => inside,
  path: "/projects/$project",
  component: screen(() => import("./steer/project"), "Project", WORDS.steer),
});

const homeTab = createRoute({
  getParentRoute: () => project,
  path: "/",
  component: screen(() => import("./steer/home"), "ProjectHome", WORDS.steer),
});

const itemsTab = createRoute({
  getParentRoute: () => project,
  path: "items",
  staticData: { title: "items" },
  component: screen(() => import("./steer/items/items"), "Items", WORDS.steer),
});

const whyTab = createRoute({
  getParentRoute: () => project,
  path: "items/$item",
  staticData: { title: "item" },
  component: screen(() => import("./steer/items/story"), "StoryPage", WORDS.steer),
});

const annotatorsTab = createRoute({
  getParentRoute: () => project,
  path: "annotators",
  staticData: { title: "annotators" },
  component: screen(() => import("./steer/people/annotators"), "Annotators", WORDS.steer),
});

const annotatorTab = createRoute({
  getParentRoute: () => project,
  path: "annotators/$annotator",
  staticData: { title: "annotator" },
  component: screen(() => import("./steer/people/annotator"), "Annotator", WORDS.steer),
});

const findingsTab = createRoute({
  getParentRoute: () => project,
  path: "findings",
  staticData: { title: "findings" },
  validateSearch: (
    search: Record<string, unknown>,
  ): { of?: "work" | "answers" | "all"; state?: FindingState; kind?: string } => ({
    of: (["work", "answers", "all"] as const).find((one) => one === search.of),
    state: FINDING_STATES.find((one) => one === search.state),
    kind: typeof search.kind === "string" ? search.kind : undefined,
  }),
  component: screen(() => import("./steer/findings/findings"), "Findings", WORDS.steer),
});

const clarificationsTab = createRoute({
  getParentRoute: () => project,
  path: "clarifications",
  staticData: { title: "clarifications" },
  component: screen(() => import("./steer/clarifications/clarifications"), "Clarifications", WORDS.steer),
});

const dutyTab = createRoute({
  getParentRoute: () => project,
  path: "duty",
  staticData: { title: "duty" },
  component: screen(() => import("./steer/people/duty"), "Duty", WORDS.steer),
});

const specsTab = createRoute({
  getParentRoute: () => project,
  path: "specs",
  staticData: { title: "specs" },
  component: screen(() => import("./steer/specs/specs"), "Specs", WORDS.steer),
});

const specTab = createRoute({
  getParentRoute: () => project,
  path: "specs/$kind/$name",
  staticData: { title: "specs" },
  validateSearch: (search: Record<string, unknown>): { from?: number; to?: number } => ({
    from: Number(search.from) || undefined,
    to: Number(search.to) || undefined,
  }),
  component: screen(() => import("./steer/specs/spec"), "Spec", WORDS.steer),
});

const accessTab = createRoute({
  getParentRoute: () => project,
  path: "access",
  staticData: { title: "access" },
  component: screen(() => import("./steer/access/access"), "Access", WORDS.steer),
});

const exportsTab = createRoute({
  getParentRoute: () => project,
  path: "exports",
  staticData: { title: "exports" },
  component: screen(() => import("./steer/exports/exports"), "Exports", WORDS.steer),
});

const payTab = createRoute({
  getParentRoute: () => project,
  path: "pay",
  staticData: { title: "pay" },
  component: screen(() => import("./steer/pay/pay"), "Pay", WORDS.steer),
});

const alertsTab = createRoute({
  getParentRoute: () => project,
  path: "alerts",
  staticData: { title: "alerts" },
  component: screen(() => import("./steer/alerts/alerts"), "Alerts", WORDS.steer),
});

const logTab = createRoute({
  getParentRoute: () => project,
  path: "log",
  staticData: { title: "log" },
  validateSearch: (search: Record<string, unknown>): { verb?: string; object?: string } => ({
    verb: typeof search.verb === "string" ? search.verb : undefined,
    object: typeof search.object === "string" ? search.object : undefined,
  }),
  component: screen(() => import("./steer/log/log"), "Log", WORDS.steer),
});

const setUp = createRoute({
  getParentRoute: () => inside,
  path: "/new",
  staticData: { title: "new" },
  component: screen(() => import("./steer/setup/setup"), "SetUp", WORDS.steer),
});

const routes = root.addChildren([
  signIn,
  join,
  inside.addChildren([
    start,
    work,
    accessibility,
    answers,
    earnings,
    training,
    exam,
    judge,
    projects,
    project.addChildren([
      homeTab,
      itemsTab,
      whyTab,
      annotatorsTab,
      annotatorTab,
      findingsTab,
      clarificationsTab,
      dutyTab,
      specsTab,
      specTab,
      accessTab,
      exportsTab,
      payTab,
      alertsTab,
      logTab,
    ]),
    setUp,
    account,
    people,
  ]),
]);

export const router = createRouter({
  routeTree: routes,
  defaultPreload: "intent",
  defaultPendingComponent: Loading,
  defaultErrorComponent: ({ error, reset }) => <Failed error={error} again={reset} />,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
  interface StaticDataRouteOption {
    /** What the browser's tab says that the page is. */
    title?: Title;
  }
}
