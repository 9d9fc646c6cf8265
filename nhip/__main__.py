from nhip.cli import main

raise SystemExit(main())
