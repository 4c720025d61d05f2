// Markdown without HTML: what is written as HTML is shown as it is written, images from elsewhere are not fetched.
import { Link } from "@tanstack/react-router";
import Markdown from "react-markdown";
import classes from "./item.module.css";

interface Written {
  text: string;
  /** All its headings are of this level, since it is a part of a page. */
  heading?: "h2" | "h3";
}

export default function Prose({ text, heading: Heading = "h3" }: Written) {
  const headings = Object.fromEntries(
    (["h1", "h2", "h3", "h4", "h5", "h6"] as const).map((level) => [
      level,
      ({ children }: { children?: React.ReactNode }) => <Heading>{children}</Heading>,
    ]),
  );
  return (
    <div className={classes.prose}>
      <Markdown
        components={{
          ...headings,
          a: ({ href, children }) =>
            href?.startsWith("/") && !href.startsWith("//") ? (
              <Link to={href}>{children}</Link>
            ) : (
              <a href={href} target="_blank" rel="noopener noreferrer nofollow">
                {children}
              </a>
            ),
          img: ({ alt, src }) => <span className={classes.quiet}>[{alt || String(src)}]</span>,
        }}
      >
        {text}
      </Markdown>
    </div>
  );
}
