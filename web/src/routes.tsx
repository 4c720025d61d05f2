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

const root = createRootRoute({ component: Outlet });

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (search: Record<string, unknown>) => ({
    to: typeof search.to === "string" ? search.to : undefined,
  }),
  component: lazyRouteComponent(() => import("./account/sign_in"), "SignIn"),
});

const join = createRoute({
  getParentRoute: () => root,
  path: "/join/$secret",
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
  component: lazyRouteComponent(() => import("./annotate/work"), "Work"),
});

const accessibility = createRoute({
  getParentRoute: () => inside,
  path: "/work/accessibility/$project",
  component: lazyRouteComponent(() => import("./annotate/accessibility"), "Accessibility"),
});

const answers = createRoute({
  getParentRoute: () => inside,
  path: "/work/answers",
  component: lazyRouteComponent(() => import("./annotate/answers"), "Answers"),
});

const training = createRoute({
  getParentRoute: () => inside,
  path: "/work/training/$project/$name",
  component: lazyRouteComponent(() => import("./annotate/trust/training"), "Training"),
});

const exam = createRoute({
  getParentRoute: () => inside,
  path: "/work/exam/$project/$name",
  component: lazyRouteComponent(() => import("./annotate/trust/exam"), "Exam"),
});

const judge = createRoute({
  getParentRoute: () => inside,
  path: "/judge",
  validateSearch: (search: Record<string, unknown>): { project?: string; held?: string } => ({
    project: typeof search.project === "string" ? search.project : undefined,
    held: typeof search.held === "string" ? search.held : undefined,
  }),
  component: lazyRouteComponent(() => import("./judge/judge"), "Judge"),
});

const projects = createRoute({
  getParentRoute: () => inside,
  path: "/projects",
  component: lazyRouteComponent(() => import("./steer/projects"), "Projects"),
});

const account = createRoute({
  getParentRoute: () => inside,
  path: "/account",
  component: lazyRouteComponent(() => import("./account/account"), "Account"),
});

const people = createRoute({
  getParentRoute: () => inside,
  path: "/people",
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
  component: lazyRouteComponent(() => import("./steer/items/items"), "Items"),
});

const whyTab = createRoute({
  getParentRoute: () => project,
  path: "items/$item",
  component: lazyRouteComponent(() => import("./steer/items/story"), "StoryPage"),
});

const annotatorsTab = createRoute({
  getParentRoute: () => project,
  path: "annotators",
  component: lazyRouteComponent(() => import("./steer/people/annotators"), "Annotators"),
});

const annotatorTab = createRoute({
  getParentRoute: () => project,
  path: "annotators/$annotator",
  component: lazyRouteComponent(() => import("./steer/people/annotator"), "Annotator"),
});

const specsTab = createRoute({
  getParentRoute: () => project,
  path: "specs",
  component: lazyRouteComponent(() => import("./steer/specs/specs"), "Specs"),
});

const specTab = createRoute({
  getParentRoute: () => project,
  path: "specs/$kind/$name",
  component: lazyRouteComponent(() => import("./steer/specs/spec"), "Spec"),
});

const accessTab = createRoute({
  getParentRoute: () => project,
  path: "access",
  component: lazyRouteComponent(() => import("./steer/access/access"), "Access"),
});

const exportsTab = createRoute({
  getParentRoute: () => project,
  path: "exports",
  component: lazyRouteComponent(() => import("./steer/exports/exports"), "Exports"),
});

const alertsTab = createRoute({
  getParentRoute: () => project,
  path: "alerts",
  component: lazyRouteComponent(() => import("./steer/alerts/alerts"), "Alerts"),
});

const logTab = createRoute({
  getParentRoute: () => project,
  path: "log",
  validateSearch: (search: Record<string, unknown>): { verb?: string; object?: string } => ({
    verb: typeof search.verb === "string" ? search.verb : undefined,
    object: typeof search.object === "string" ? search.object : undefined,
  }),
  component: lazyRouteComponent(() => import("./steer/log/log"), "Log"),
});

const setUp = createRoute({
  getParentRoute: () => inside,
  path: "/new",
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
      specsTab,
      specTab,
      accessTab,
      exportsTab,
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
}
