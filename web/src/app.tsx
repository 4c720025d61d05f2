import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { Suspense } from "react";
import { queries } from "./api/queries";
import { router } from "./routes";
import { scheme } from "./shared/scheme";
import { Loading } from "./shared/states";
import { theme } from "./shared/theme";

const nonce = document.querySelector<HTMLMetaElement>("meta[name=csp-nonce]")?.content;
// Where the lock on scrolling behind a dialog looks for it.
Object.assign(globalThis, { __webpack_nonce__: nonce });

export function App() {
  return (
    <MantineProvider
      theme={theme}
      colorSchemeManager={scheme}
      defaultColorScheme="auto"
      getStyleNonce={() => nonce ?? ""}
    >
      <QueryClientProvider client={queries}>
        <Suspense fallback={<Loading />}>
          <RouterProvider router={router} />
        </Suspense>
      </QueryClientProvider>
    </MantineProvider>
  );
}
