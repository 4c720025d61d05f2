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

const routes = root.addChildren([
  signIn,
  inside.addChildren([start, work, accessibility, judge, projects, account, people]),
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
