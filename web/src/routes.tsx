// Every address there is. A screen is fetched when it is opened.
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { Problem } from "./api/client";
import { me, queries } from "./api/queries";
import { home } from "./shared/roles";
import { Shell } from "./shared/shell";
import { Failed, Loading } from "./shared/states";
import { type Title, useDocumentTitle } from "./shared/title";

const FINDING_STATES = ["open", "answered", "upheld", "dismissed"] as const;
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
  component: lazyRouteComponent(() => import("./account/sign_in"), "SignIn"),
});

const join = createRoute({
  getParentRoute: () => root,
  path: "/join/$secret",
  staticData: { title: "join" },
  component: lazyRouteComponent(() => import("./account/join"), "Join"),
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
  component: lazyRouteComponent(() => import("./annotate/work"), "Work"),
});

const accessibility = createRoute({
  getParentRoute: () => inside,
  path: "/work/accessibility/$project",
  staticData: { title: "accessibility" },
  component: lazyRouteComponent(() => import("./annotate/accessibility"), "Accessibility"),
});

const answers = createRoute({
  getParentRoute: () => inside,
  path: "/work/answers",
  staticData: { title: "answers" },
  component: lazyRouteComponent(() => import("./annotate/answers"), "Answers"),
});

const earnings = createRoute({
  getParentRoute: () => inside,
  path: "/work/earnings",
  staticData: { title: "earnings" },
  component: lazyRouteComponent(() => import("./annotate/earnings"), "Earnings"),
});

const training = createRoute({
  getParentRoute: () => inside,
  path: "/work/training/$project/$name",
  staticData: { title: "training" },
  component: lazyRouteComponent(() => import("./annotate/trust/training"), "Training"),
});

const exam = createRoute({
  getParentRoute: () => inside,
  path: "/work/exam/$project/$name",
  staticData: { title: "exam" },
  component: lazyRouteComponent(() => import("./annotate/trust/exam"), "Exam"),
});

const judge = createRoute({
  getParentRoute: () => inside,
  path: "/judge",
  staticData: { title: "judge" },
  validateSearch: (search: Record<string, unknown>): { project?: string; held?: string } => ({
    project: typeof search.project === "string" ? search.project : undefined,
    held: typeof search.held === "string" ? search.held : undefined,
  }),
  component: lazyRouteComponent(() => import("./judge/judge"), "Judge"),
});

const projects = createRoute({
  getParentRoute: () => inside,
  path: "/projects",
  staticData: { title: "projects" },
  component: lazyRouteComponent(() => import("./steer/projects"), "Projects"),
});

const account = createRoute({
  getParentRoute: () => inside,
  path: "/account",
  staticData: { title: "account" },
  component: lazyRouteComponent(() => import("./account/account"), "Account"),
});

const people = createRoute({
  getParentRoute: () => inside,
  path: "/people",
  staticData: { title: "people" },
  component: lazyRouteComponent(() => import("./account/people"), "People"),
});

const project = createRoute({
  getParentRoute: () => inside,
  path: "/projects/$project",
  component: lazyRouteComponent(() => import("./steer/project"), "Project"),
});

const homeTab = createRoute({
  getParentRoute: () => project,
  path: "/",
  component: lazyRouteComponent(() => import("./steer/home"), "ProjectHome"),
});

const itemsTab = createRoute({
  getParentRoute: () => project,
  path: "items",
  staticData: { title: "items" },
  component: lazyRouteComponent(() => import("./steer/items/items"), "Items"),
});

const whyTab = createRoute({
  getParentRoute: () => project,
  path: "items/$item",
  staticData: { title: "item" },
  component: lazyRouteComponent(() => import("./steer/items/story"), "StoryPage"),
});

const annotatorsTab = createRoute({
  getParentRoute: () => project,
  path: "annotators",
  staticData: { title: "annotators" },
  component: lazyRouteComponent(() => import("./steer/people/annotators"), "Annotators"),
});

const annotatorTab = createRoute({
  getParentRoute: () => project,
  path: "annotators/$annotator",
  staticData: { title: "annotator" },
  component: lazyRouteComponent(() => import("./steer/people/annotator"), "Annotator"),
});

const findingsTab = createRoute({
  getParentRoute: () => project,
  path: "findings",
  staticData: { title: "findings" },
  validateSearch: (search: Record<string, unknown>): { state?: FindingState; kind?: string } => ({
    state: FINDING_STATES.find((one) => one === search.state),
    kind: typeof search.kind === "string" ? search.kind : undefined,
  }),
  component: lazyRouteComponent(() => import("./steer/findings/findings"), "Findings"),
});

const clarificationsTab = createRoute({
  getParentRoute: () => project,
  path: "clarifications",
  staticData: { title: "clarifications" },
  component: lazyRouteComponent(() => import("./steer/clarifications/clarifications"), "Clarifications"),
});

const dutyTab = createRoute({
  getParentRoute: () => project,
  path: "duty",
  staticData: { title: "duty" },
  component: lazyRouteComponent(() => import("./steer/people/duty"), "Duty"),
});

const specsTab = createRoute({
  getParentRoute: () => project,
  path: "specs",
  staticData: { title: "specs" },
  component: lazyRouteComponent(() => import("./steer/specs/specs"), "Specs"),
});

const specTab = createRoute({
  getParentRoute: () => project,
  path: "specs/$kind/$name",
  staticData: { title: "specs" },
  validateSearch: (search: Record<string, unknown>): { from?: number; to?: number } => ({
    from: Number(search.from) || undefined,
    to: Number(search.to) || undefined,
  }),
  component: lazyRouteComponent(() => import("./steer/specs/spec"), "Spec"),
});

const accessTab = createRoute({
  getParentRoute: () => project,
  path: "access",
  staticData: { title: "access" },
  component: lazyRouteComponent(() => import("./steer/access/access"), "Access"),
});

const exportsTab = createRoute({
  getParentRoute: () => project,
  path: "exports",
  staticData: { title: "exports" },
  component: lazyRouteComponent(() => import("./steer/exports/exports"), "Exports"),
});

const payTab = createRoute({
  getParentRoute: () => project,
  path: "pay",
  staticData: { title: "pay" },
  component: lazyRouteComponent(() => import("./steer/pay/pay"), "Pay"),
});

const alertsTab = createRoute({
  getParentRoute: () => project,
  path: "alerts",
  staticData: { title: "alerts" },
  component: lazyRouteComponent(() => import("./steer/alerts/alerts"), "Alerts"),
});

const logTab = createRoute({
  getParentRoute: () => project,
  path: "log",
  staticData: { title: "log" },
  validateSearch: (search: Record<string, unknown>): { verb?: string; object?: string } => ({
    verb: typeof search.verb === "string" ? search.verb : undefined,
    object: typeof search.object === "string" ? search.object : undefined,
  }),
  component: lazyRouteComponent(() => import("./steer/log/log"), "Log"),
});

const setUp = createRoute({
  getParentRoute: () => inside,
  path: "/new",
  staticData: { title: "new" },
  component: lazyRouteComponent(() => import("./steer/setup/setup"), "SetUp"),
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
