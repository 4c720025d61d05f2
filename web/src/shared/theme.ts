import { createTheme, type MantineColorsTuple } from "@mantine/core";

const teal: MantineColorsTuple = [
  "#e6f7f6", "#cdebea", "#9cd6d4", "#68c0bd", "#3fadaa", "#25a19d", "#0b7f7c", "#0b6e6e", "#075b5b", "#024848",
]; // biome-ignore format: ten shades, one row

/** The Okabe–Ito palette (2008), which the colour-blind can tell apart; classes take it in the schema's order. */
export const CLASS_COLOURS = [
  "#0072B2",
  "#E69F00",
  "#009E73",
  "#CC79A7",
  "#56B4E9",
  "#D55E00",
  "#8C7A00",
  "#6B6B6B",
];

export function classColour(position: number): string {
  return CLASS_COLOURS[position % CLASS_COLOURS.length] as string;
}

export const theme = createTheme({
  primaryColor: "teal",
  primaryShade: { light: 7, dark: 6 },
  colors: { teal },
  autoContrast: true,
  defaultRadius: "sm",
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif",
  fontSizes: { xs: "0.8125rem", sm: "0.9375rem", md: "0.9375rem", lg: "1.125rem", xl: "1.5rem" },
  spacing: { xs: "8px", sm: "12px", md: "16px", lg: "24px", xl: "40px" },
  headings: {
    fontWeight: "600",
    sizes: { h1: { fontSize: "1.5rem" }, h2: { fontSize: "1.125rem" }, h3: { fontSize: "0.9375rem" } },
  },
  respectReducedMotion: true,
  components: { Badge: { defaultProps: { tt: "none" } } },
});
