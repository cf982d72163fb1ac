"""What Phosphene costs, as ratios against a named alternative in the same run."""
