"""Who is who over time: identities of people from keypoint similarity and motion, in seconds from stamps."""
