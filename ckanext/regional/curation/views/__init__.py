"""The pages themselves: routes and forms."""
